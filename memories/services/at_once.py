"""Conversations that are kept as they are: stored with their memories in one transaction, several calls' at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Project
from accounts.prepared import AnyInProject
from memories.ingestion.work import Ingestion
from memories.models import Event, Message
from memories.services.entities import Belonging, belong, existing_together, resolve_entities, resolve_together
from memories.services.foreseeing import foresee
from memories.services.gathering import Gathering, HandOver
from memories.services.ingest import outcome, take_steps
from memories.services.inserting import insert, together
from memories.services.person import lock_all
from memories.services.quotas import check_quotas, has_quota
from memories.services.reconcile import write
from memories.services.webhooks.telling import tell_of_outcome
from providers.errors import ProviderError

# Calls whose rows are sent as one statement. More would keep the first one waiting and spare the others little.
TOGETHER = 16
# Planning for just these values costs Postgres more than carrying out what it has planned for any.
_PLANNED_ONCE = "SET LOCAL plan_cache_mode = force_generic_plan"


@dataclass(slots=True, eq=False)
class _Simple:
    """A conversation on its way: all that models are asked for is there, and nothing is stored."""

    project: Project
    names: Mapping[str, str]
    work: Ingestion
    scope: Belonging = field(default_factory=dict)
    is_stored: bool = False


def record_at_once(
    project: Project, names: Mapping[str, str], event: Event, messages: Sequence[Message]
) -> Event | None:
    """Store the event, its messages and its memories; None if a model failed, and nothing is stored.

    Models are asked before the transaction begins. As nobody else can know of the event, it needs neither a claim nor
    a lease. Calls that come at the same time are stored together; what is not simply remembered, because of a rule,
    a quota, a webhook or the same words before, has a transaction of its own.
    """
    simple = _Simple(project, names, Ingestion(event=event, messages=messages, stored=False))
    try:
        take_steps(simple.work)
    except ProviderError:
        return None
    _complete(simple.work)
    if names.get("user_id") and not has_quota(project):
        _gather(simple)
    if not simple.is_stored:
        _store(simple)
    belong([version.memory for version in simple.work.versions], simple.scope)
    event.written = simple.work.versions
    return event


def _complete(work: Ingestion) -> None:
    """Say of the event that it is done, as it will be when it is stored."""
    event = work.event
    for name, value in outcome(work).items():
        setattr(event, name, value)
    event.status, event.attempts, event.tries = Event.Status.SUCCEEDED, 1, 1
    event.created_at = event.started_at = event.available_at
    event.completed_at = timezone.now()


def _gather(simple: _Simple) -> None:
    if connection.in_atomic_block:
        _store_together([simple], lambda: None)  # it belongs to that transaction, and another thread's don't
    else:
        _GATHERING.bring(simple)


def _store_together(several: Sequence[_Simple], hand_over: HandOver) -> None:
    """Store those of `several`, each of another person, that are simply remembered.

    Hands over before it commits: nothing that the next group does needs to wait for the disk.
    """
    with transaction.atomic():
        asked = [(simple.project, simple.names) for simple in several]
        with connection.connection.pipeline(), connection.cursor() as cursor:
            cursor.execute(_PLANNED_ONCE)
            known = existing_together(asked)
        scopes = resolve_together(asked, known)
        for simple, scope in zip(several, scopes, strict=True):
            simple.scope = scope
            belong([simple.work.event, *simple.work.messages], simple.scope)
        with connection.connection.pipeline():
            lock_all([simple.work.event for simple in several])
            foreseen = foresee([simple.work for simple in several])
            chosen = [(simple, ahead) for simple, ahead in zip(several, foreseen, strict=True) if ahead]
            with AnyInProject.known_to_have_none({simple.project.pk for simple, _ in chosen}), together():
                for simple, ahead in chosen:
                    insert([simple.work.event])
                    insert(simple.work.messages)
                    write(simple.work, ahead)
        hand_over()
    for simple, _ in chosen:
        simple.is_stored = True


def _store(simple: _Simple) -> None:
    """Store one conversation that may need a closer look."""
    work, event = simple.work, simple.work.event
    work.versions = []
    with transaction.atomic():
        simple.scope = resolve_entities(project=simple.project, names=simple.names)
        belong([event, *work.messages], simple.scope)
        # A pipeline: what follows is sent without waiting for an answer to each statement, but where one is needed.
        # Nothing in it may rely on an error to come at once, as making an entity that somebody else makes does.
        with AnyInProject.asked_once(), connection.connection.pipeline():
            with together():
                insert([event])
                insert(work.messages)
                check_quotas(simple.project)
                write(work)
            if work.refusals:
                event.refusals = outcome(work)["refusals"]
                # Not save(): in a pipeline the number of rows is not known yet, which it takes for none.
                Event.objects.filter(pk=event.pk).update(refusals=event.refusals)
            tell_of_outcome(event)


def _person(simple: _Simple) -> tuple[UUID, str]:
    return simple.project.pk, simple.names["user_id"]


_GATHERING = Gathering(_store_together, alike=_person, most=TOGETHER)
