"""Forgetting: to the trash, from where it can be restored, and out of it for good."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry
from memories.models import AccessLog, ErasureCertificate, Event, Memory, MemoryExport, MemoryVersion, ProfileLine, Run
from memories.models.entities import NamedScope
from memories.models.event import EventQuerySet
from memories.models.memory import MemoryQuerySet
from memories.models.stated import State
from memories.services.changes import Actor, add_versions, audit_entry
from memories.services.erasure.certificates import certify, confirm
from memories.services.erasure.fingerprints import mark_memories
from memories.services.erasure.names import erase_names
from memories.services.erasure.stores import counted
from memories.services.erasure.traces import Traces, field_of, traces_of, traces_of_memories
from memories.services.erasure.turns import erase_turns
from memories.services.idempotency import erase_answers
from memories.services.revise import VersionConflict
from memories.services.suppressing import seal
from memories.services.webhooks.log import erase_told
from memories.services.webhooks.telling import tell_of_cancelled, tell_of_erasure

BATCH = 1000
MOVED = ("state", "deleted_at", "superseded_by", "valid_until", "version", "updated_at")
UNFINISHED = (Event.Status.PENDING, Event.Status.RUNNING)


def forget(*, memories: MemoryQuerySet, actor: Actor, reason: str = "", expected_version: int | None = None) -> int:
    """Move `memories` to the trash and return how many went; those that are there already stay as they are.

    Raises VersionConflict if `expected_version` is given and one is at another; nothing is moved then.
    """
    with transaction.atomic():
        found = list(memories.kept().select_for_update(of=("self",)).order_by("pk"))
        for memory in found:
            if expected_version is not None and memory.version != expected_version:
                raise VersionConflict(memory)
        _move(found, Memory.State.DELETED, MemoryVersion.Change.DELETE, actor, reason)
    return len(found)


def restore(*, memories: MemoryQuerySet, actor: Actor, reason: str = "") -> int:
    """Bring `memories` back from the trash, or from where consolidation has put them; return how many came.

    One that was merged into another then stands beside it again.
    """
    put_away = (Memory.State.DELETED, Memory.State.ARCHIVED)
    with transaction.atomic():
        found = list(memories.filter(state__in=put_away).select_for_update(of=("self",)).order_by("pk"))
        for memory in found:
            if memory.state == Memory.State.ARCHIVED and memory.superseded_by_id:
                memory.superseded_by = memory.valid_until = None
        _move(found, Memory.State.ACTIVE, MemoryVersion.Change.RESTORE, actor, reason)
    return len(found)


def _move(memories: list[Memory], state: State, change: MemoryVersion.Change, actor: Actor, reason: str) -> None:
    now = timezone.now()
    for memory in memories:
        memory.state = state
        memory.deleted_at = now if state == Memory.State.DELETED else None
        memory.version += 1
        memory.updated_at = now
    Memory.objects.bulk_update(memories, MOVED, batch_size=BATCH)
    add_versions(memories, change=change, actor=actor, reason=reason, at=now)


def purge(*, memories: MemoryQuerySet, actor: Actor) -> int:
    """Remove `memories` for good from every table, with what was made of them and the words that only they rest on.

    Which tables these are, services/erasure/stores.py lists. What webhooks were told of them goes too, and the
    webhooks learn of those whose deletion is news to them. What remains is an audit entry per memory, without content,
    and a keyed hash by which leftovers can be recognised. Returns how many went; raises NotErased, with nothing
    changed, if any store still has some of it.
    """
    with transaction.atomic():
        _hold(Event.objects.filter(messages__memories__in=memories.values("pk")))
        found = list(memories.select_for_update(of=("self",)).order_by("pk"))
        traces = traces_of_memories(found)
        _purge(found, traces, actor)
        confirm(traces)
    return len(found)


def _hold(events: EventQuerySet) -> None:
    """Lock the events before the memories, as workers do: what one is about to write is then seen, or not written."""
    held = Event.objects.filter(pk__in=events.values("pk")).select_for_update(of=("self",)).order_by("pk")
    list(held.values_list("pk"))


def _purge(found: list[Memory], traces: Traces, actor: Actor) -> None:
    ids = [memory.pk for memory in found]
    AuditEntry.objects.bulk_create(audit_entry(memory, action="memory.purge", actor=actor) for memory in found)
    mark_memories(found)
    _seal(found)
    erase_turns(traces)
    # A query can tell as much about a person as the memory it found.
    AccessLog.objects.filter(memory_ids__overlap=ids).delete()
    # What was made of a memory says what it said.
    MemoryExport.objects.filter(memory_ids__overlap=ids).delete()
    ProfileLine.objects.filter(memory_ids__overlap=ids).delete()
    erase_told(ids)
    tell_of_erasure([memory for memory in found if memory.state != Memory.State.DELETED])
    erase_answers(projects=traces.projects, subjects=ids)
    Memory.objects.filter(pk__in=ids).delete()


def _seal(memories: list[Memory]) -> None:
    """Take the words of `memories`, and of their versions, out of what keeps them from being remembered again."""
    said: dict[tuple[UUID, UUID | None], set[str]] = defaultdict(set)
    for memory in memories:
        said[memory.project_id, memory.end_user_id].add(memory.text)
    versions = MemoryVersion.objects.filter(memory__in=memories)
    for project_id, end_user_id, text in versions.values_list("project_id", "memory__end_user_id", "text"):
        said[project_id, end_user_id].add(text)
    for whose, texts in said.items():
        seal(*whose, texts)


def empty_trash() -> int:
    """Purge what has been in the trash longer than settings.TRASH_DAYS; return how many went."""
    before = timezone.now() - timedelta(days=settings.TRASH_DAYS)
    purged = 0
    while True:
        batch = Memory.objects.filter(state=Memory.State.DELETED, deleted_at__lt=before).order_by("pk")
        ids = list(batch.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return purged
        purged += purge(memories=Memory.objects.filter(pk__in=ids), actor=Actor(label="trash"))


def erase_entity(*, entity: NamedScope, actor: Actor) -> ErasureCertificate:
    """Remove an end user, agent, app or run with everything recorded under it; return the certificate.

    Memories, messages, events, exports and profiles go for good, of an end user also what names them elsewhere: runs
    of theirs alone, saved filters, queries, and keys that were limited to them, which are revoked. This is mem0's
    `delete_users`, which clients call to be rid of a person. The audit trail keeps that it happened. Raises NotErased,
    with nothing changed, if any store still has some of it.
    """
    with transaction.atomic():
        _hold(Event.objects.filter(**{field_of(entity): entity}))
        traces = traces_of(entity)
        counts = counted(traces)
        found = list(Memory.objects.filter(pk__in=traces.memories).select_for_update(of=("self",)).order_by("pk"))
        _purge(found, traces, actor)
        events = list(Event.objects.filter(pk__in=traces.events).select_for_update(of=("self",)).order_by("pk"))
        erase_told([event.pk for event in events])
        tell_of_cancelled([event for event in events if event.status in UNFINISHED])
        Event.objects.filter(pk__in=traces.events).delete()
        erase_names(traces)
        # A kept answer may name a person without any id by which it could be found.
        erase_answers(projects=traces.projects)
        certificate = certify(entity, traces=traces, counts=counts, actor=actor)
        # Not entity.delete(), which would leave the caller's object without its id even if all is undone.
        type(entity)._default_manager.filter(pk=entity.pk).delete()
        Run.objects.filter(pk__in=traces.runs).delete()
        confirm(traces)
    return certificate
