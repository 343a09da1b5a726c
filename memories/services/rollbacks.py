"""Taking back what one event, run, app or API key wrote: looked at first, then done batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import AuditEntry, Project
from accounts.principal import Principal
from memories.dispatch import ring_on_commit
from memories.embedding import Vectors, embed_texts
from memories.models import Memory, MemoryVersion, Rollback
from memories.models.memory import MemoryQuerySet
from memories.services import jobs
from memories.services.changes import Actor, add_versions
from memories.services.undo import put_back

# What is done in one transaction, and at once while somebody waits; more becomes a worker's.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Source:
    """Whose writing is meant: `kind` is a key of Rollback.LOOK_UPS, `row` the event, run, app or key."""

    kind: str
    row: Any
    since: datetime | None = None

    def wrote(self) -> Q:
        """Return which versions it wrote, whenever."""
        return Q(**{Rollback.LOOK_UPS[self.kind]: self.row})

    def said(self) -> Q:
        """Return which links from memories to messages lead to one that it sent."""
        event = "event__api_key" if self.kind == "source_key" else Rollback.LOOK_UPS[self.kind]
        return Q(**{f"message__{event}": self.row})


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rollback would do: how many memories go to the trash, how many go back to what they said before, and
    how many somebody else has changed since. `memories` are all of them, annotated as `touched` does."""

    memories: MemoryQuerySet
    trashed: int
    put_back: int
    conflicts: int


def touched(*, project: Project, source: Source) -> MemoryQuerySet:
    """Return the memories that `source` changed, the earliest first.

    `first` is the number of the version with which that began. `disturbed` tells whether somebody else has changed
    the memory since, or has said what the source made it of, too; or the same of the memory that has taken its place,
    for both can't hold. What it made and is in the trash already is left out.
    """
    of_memory = MemoryVersion.objects.filter(memory=OuterRef("pk"))
    written = of_memory.filter(source.wrote())
    if source.since is not None:
        written = written.filter(created_at__gte=source.since)
    others = of_memory.filter(~source.wrote(), number__gt=OuterRef("first"))
    found = Memory.objects.in_project(project).filter(Exists(written))
    annotated = found.annotate(first=Subquery(written.order_by("number").values("number")[:1]))
    disturbed = Exists(others) | Q(first=1) & Exists(_said_by_others(source, "pk")) | _succeeded_by_others(source)
    return annotated.annotate(disturbed=disturbed).exclude(first=1, state=Memory.State.DELETED).order_by("pk")


def _said_by_others(source: Source, memory: str) -> QuerySet[Any]:
    """Return the links to messages of others on which the memory that the column `memory` names rests."""
    return Memory.sources.through.objects.filter(~source.said(), memory=OuterRef(memory))


def _succeeded_by_others(source: Source) -> Q:
    """Tell whether a memory has a successor that is not the source's alone."""
    changes = MemoryVersion.objects.filter(~source.wrote(), memory=OuterRef("superseded_by"))
    return Exists(changes) | Exists(_said_by_others(source, "superseded_by"))


def preview(*, project: Project, source: Source) -> Preview:
    """Return what a rollback would do now."""
    memories = touched(project=project, source=source)
    counts = memories.order_by().aggregate(
        trashed=Count("pk", filter=Q(disturbed=False, first=1)),
        put_back=Count("pk", filter=Q(disturbed=False, first__gt=1)),
        conflicts=Count("pk", filter=Q(disturbed=True)),
    )
    return Preview(memories, **counts)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a rollback means for one memory: `before` is what it goes back to, None the trash; `last` is its last
    version, and `conflict` tells that it is `disturbed`."""

    memory: Memory
    before: MemoryVersion | None
    last: MemoryVersion
    conflict: bool


def outlooks(memories: Any) -> list[Outlook]:
    """Return what a rollback means for each of some memories that `touched` has."""
    found = list(memories)
    before = versions_before(found)
    of_these = MemoryVersion.objects.filter(memory__in=[memory.pk for memory in found])
    last = {v.memory_id: v for v in of_these.filter(number=F("memory__version"))}
    return [Outlook(m, before.get(m.pk), last[m.pk], m.disturbed) for m in found]


def request_rollback(
    *, principal: Principal, project: Project, source: Source, include_conflicts: bool = False, reason: str = ""
) -> Rollback:
    """Take back what `source` wrote and return the job: done if it is small, else on its way.

    Memories that somebody else has changed since, or said, too, are left alone unless `include_conflicts`.
    """
    with transaction.atomic():
        job = Rollback.objects.create(
            project=project,
            since=source.since,
            include_conflicts=include_conflicts,
            reason=reason,
            requester=principal.label,
            user=principal.user,
            api_key=principal.api_key,
            **{source.kind: source.row},
        )
        _audit(job, action="rollback.request")
        small = len(touched(project=project, source=source).values_list("pk")[: BATCH + 1]) <= BATCH
        if not small:
            ring_on_commit(job.pk, task=Rollback.TASK)
    if small:
        work(job.pk)
        job.refresh_from_db()
    return job


def work(rollback_id: UUID | str) -> None:
    """Do a rollback if it is due and nobody else has it, from where it stopped."""
    job = Rollback.objects.select_related("project", "user", "api_key", *Rollback.LOOK_UPS).claim(rollback_id)
    if job is not None:
        jobs.run(job, _work)


def _work(job: Rollback) -> None:
    while _batch(job):
        job.refresh_from_db(fields=["cursor", "changed", "conflicts"])
    with transaction.atomic():
        if jobs.is_ours(job):
            jobs.succeed(job)
            _audit(job, action="rollback.finish", changed=job.changed, conflicts=job.conflicts)


def _batch(job: Rollback) -> bool:
    """Do the next memories, and tell whether there were any."""
    pending = _touched(job)
    if job.cursor is not None:
        pending = pending.filter(pk__gt=job.cursor)
    ids = [memory.pk for memory in pending[:BATCH]]
    if not ids:
        return False
    before = versions_before(_touched(job).filter(pk__in=ids))
    jobs.release_connection()
    vectors = embed_texts(job.project, (version.text for version in before.values()))
    with transaction.atomic():
        # Memories before the job's row: whoever purges locks in this order.
        list(Memory.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
        if not jobs.is_ours(job):
            return False
        changed, conflicts = _take_back(job, ids, vectors)
        Rollback.objects.filter(pk=job.pk).update(
            cursor=ids[-1], changed=F("changed") + changed, conflicts=F("conflicts") + conflicts
        )
    return True


def _take_back(job: Rollback, ids: list[UUID], vectors: Vectors) -> tuple[int, int]:
    """Put locked memories back; return how many changed, and how many were left alone."""
    memories = list(_touched(job).filter(pk__in=ids))
    undisturbed = [memory for memory in memories if job.include_conflicts or not memory.disturbed]  # type: ignore[attr-defined]
    before = versions_before(undisturbed)
    if missing := {version.text for version in before.values()} - vectors.by_text.keys():
        raise jobs.Outdated(f"{len(missing)} memories changed while they were being taken back.")
    changed = [memory for memory in undisturbed if put_back(memory, before.get(memory.pk), vectors)]
    kind, row = job.source
    reason = job.reason or f"Rollback of {kind.replace('source_', '')} {row}"
    actor = Actor(label=job.requester, user=job.user, api_key=job.api_key)
    add_versions(changed, change=MemoryVersion.Change.UNDO, actor=actor, reason=reason[:500])
    return len(changed), len(memories) - len(undisturbed)


def _touched(job: Rollback) -> MemoryQuerySet:
    kind, row = job.source
    # What the source goes on writing meanwhile is left for another rollback.
    return touched(project=job.project, source=Source(kind, row, job.since)).filter(created_at__lte=job.created_at)


def versions_before(memories: Any) -> dict[UUID, MemoryVersion]:
    """Return for each memory that `touched` has the version before the source came; none for those it made."""
    first = {memory.pk: memory.first for memory in memories}
    wanted = Q(pk__in=[])
    for pk, number in first.items():
        if number > 1:
            wanted |= Q(memory=pk, number=number - 1)
    return {version.memory_id: version for version in MemoryVersion.objects.filter(wanted)}


def _audit(job: Rollback, *, action: str, **details: int) -> None:
    AuditEntry.objects.create(
        project_id=job.project_id,
        action=action,
        object_type="rollback",
        object_id=str(job.pk),
        actor=job.requester,
        details=details,
    )
