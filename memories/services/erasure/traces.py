"""What an erasure is about: gathered before anything goes, because then nobody could tell any more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from memories.models import EndUser, Event, Memory, Message, Run
from memories.models.entities import NamedScope
from memories.models.scoped import ENTITY_FIELDS

Ids = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Traces:
    """The ids of what goes.

    `turns` are messages on which only these memories rest, `shared` those on which others rest, too; `events` are
    those of the erased entity. `name` and `field` say which entity, if it is one.
    """

    projects: Ids
    memories: Ids
    turns: Ids = frozenset()
    shared: Ids = frozenset()
    events: Ids = frozenset()
    runs: Ids = frozenset()
    field: str = ""
    name: str = ""
    entity_id: UUID | None = None

    @property
    def is_person(self) -> bool:
        """Tell whether an end user is erased, rather than memories alone or something that isn't a person."""
        return self.field == "end_user"


def traces_of_memories(memories: Collection[Memory]) -> Traces:
    """Return what a purge of `memories` is about."""
    ids = frozenset(memory.pk for memory in memories)
    turns, shared = _turns(ids)
    return Traces(
        projects=frozenset(memory.project_id for memory in memories), memories=ids, turns=turns, shared=shared
    )


def traces_of(entity: NamedScope) -> Traces:
    """Return what the erasure of an end user, agent, app or run is about."""
    field = field_of(entity)
    ids = frozenset(Memory.objects.filter(**{field: entity}).values_list("pk", flat=True))
    events = frozenset(Event.objects.filter(**{field: entity}).values_list("pk", flat=True))
    turns, shared = _turns(ids)
    return Traces(
        projects=frozenset([entity.project_id]),
        memories=ids,
        turns=turns | frozenset(Message.objects.filter(event__in=events).values_list("pk", flat=True)),
        shared=shared,
        events=events,
        runs=_runs_of(entity) if isinstance(entity, EndUser) else frozenset(),
        field=field,
        name=entity.name,
        entity_id=entity.pk,
    )


def field_of(entity: NamedScope) -> str:
    """Return the name of the relation that leads to such an entity."""
    by_model = {Event._meta.get_field(field).related_model: field for field in ENTITY_FIELDS.values()}
    return by_model[type(entity)]


def _turns(memories: Ids) -> tuple[Ids, Ids]:
    """Return the messages that these memories rest on: those that no other rests on, and the rest."""
    links = Memory.sources.through.objects
    cited = frozenset(links.filter(memory__in=memories).values_list("message_id", flat=True))
    others = links.filter(message__in=cited).exclude(memory__in=memories).values_list("message_id", flat=True)
    shared = frozenset(others)
    return cited - shared, shared


def _runs_of(person: EndUser) -> Ids:
    """Return the runs in which nobody else takes part."""
    theirs = Run.objects.filter(Q(event_set__end_user=person) | Q(memory_set__end_user=person))
    ids = frozenset(theirs.values_list("pk", flat=True))
    others = ~Q(end_user=person) | Q(end_user=None)
    for model in (Event, Memory):
        ids -= frozenset(model._default_manager.filter(others, run__in=ids).values_list("run_id", flat=True))
    return ids
