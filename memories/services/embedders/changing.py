"""Carrying out a change of embedder: embed beside what is in use, switch in one statement, remove the old vectors.

Search uses one embedder's vectors throughout: the old one's until the switch, the new one's from then on.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from accounts.models import Project
from memories.dispatch import ring
from memories.models import EmbedderChange, Memory, MemoryVector
from memories.models.embedder import EmbedderChangeQuerySet
from memories.models.job import Job
from memories.models.memory import MemoryQuerySet
from memories.providers import get_embedder
from memories.services import jobs
from memories.services.embedders.asking import audit
from memories.services.embedders.suppressions import embed_suppressions
from memories.services.inserting import insert

# How many memories one transaction adds vectors to, or removes some from.
BATCH = 64
DROPPED = 2000
# A worker's thread isn't kept for hours: after so many seconds others have their turn.
TURN_SECONDS = 10.0
# Searches and writes that began before the switch have ended by then.
GRACE = timedelta(seconds=60)
# How much of the measured speed the last batch makes up.
SMOOTHING = 0.3
Phase = EmbedderChange.Phase


def work(change_id: UUID | str) -> None:
    """Go on with a change if it is due and nobody else is at it, or at another: they take turns."""
    at_work = EmbedderChange.objects.filter(status=Job.Status.RUNNING, leased_until__gt=timezone.now())
    if at_work.exclude(pk=change_id).exists():
        return
    change = EmbedderChange.objects.select_related("project").claim(change_id)
    if change is None:
        return
    jobs.run(change, _turn)
    if (waiting := EmbedderChange.objects.due().order_by("available_at").first()) is not None:
        ring(waiting.pk, task=EmbedderChange.TASK)


def missing(change: EmbedderChange) -> MemoryQuerySet:
    """Return the project's memories, those in the trash too, that have no vector by the change's target."""
    return _without(change.project_id, change.target)


def _without(project_id: UUID, embedder: str) -> MemoryQuerySet:
    there = MemoryVector.objects.filter(memory=OuterRef("pk"), embedder=embedder)
    return Memory.objects.filter(~Exists(there), project=project_id)


def _turn(change: EmbedderChange) -> None:
    if change.phase == Phase.EMBEDDING and change.project.next_embedder != change.target:
        raise jobs.Impossible("The project does not change to this embedder any more. Cancel, and begin anew.")
    ends = time.monotonic() + TURN_SECONDS
    _count(change)
    while STEPS[Phase(change.phase)](change):
        if time.monotonic() > ends:
            jobs.put_back(change)
            return
        change.refresh_from_db(fields=["phase", "cursor", "done", "per_second", "switched_at"])


def _count(change: EmbedderChange) -> None:
    """Say how much there is to do: memories come and go meanwhile."""
    total = Memory.objects.in_project(change.project).count()
    EmbedderChange.objects.filter(pk=change.pk).update(total=total, done=total - missing(change).count())


def _embed(change: EmbedderChange) -> bool:
    return _embed_batch(change) or _begin_anew(change) or _switch(change)


def _settle(change: EmbedderChange) -> bool:
    """Embed what was on its way while it was switched, twice: at once, and when nobody can be on the way any more."""
    if _embed_batch(change) or _begin_anew(change):
        return True
    embed_suppressions(change.project_id, change.target)
    assert change.switched_at is not None
    settled = change.switched_at + GRACE
    if timezone.now() < settled:
        jobs.put_back(change, until=settled, cursor=None)
        return False
    return _update(change, phase=Phase.DROPPING)


def _embed_batch(change: EmbedderChange) -> bool:
    """Add vectors to the next memories, and tell whether there were any."""
    started = time.monotonic()
    rest = missing(change).filter(pk__gt=change.cursor) if change.cursor else missing(change)
    rows = list(rest.order_by("pk").values_list("pk", "text", "digest")[:BATCH])
    if not rows:
        return False
    jobs.release_connection()
    vectors = get_embedder(change.target).embed([text for _pk, text, _digest in rows])
    with transaction.atomic():
        # Memories before the job's row: whoever purges locks in this order.
        locked = Memory.objects.filter(pk__in=[row[0] for row in rows]).select_for_update(of=("self",), no_key=True)
        standing = dict(locked.order_by("pk").values_list("pk", "digest"))
        if not jobs.is_ours(change):
            return False
        # What has another text by now was embedded with it, or comes in the next round.
        stored = [
            MemoryVector(memory_id=pk, embedder=change.target, embedding=vector)
            for (pk, _text, digest), vector in zip(rows, vectors, strict=True)
            if standing.get(pk) == digest
        ]
        insert(stored, ignore_conflicts=True)
        speed = len(rows) / max(time.monotonic() - started, 0.001)
        if change.per_second is not None:
            speed = SMOOTHING * speed + (1 - SMOOTHING) * change.per_second
        _held(change).update(cursor=rows[-1][0], done=F("done") + len(stored), per_second=speed, tries=0, error="")
    return True


def _begin_anew(change: EmbedderChange) -> bool:
    """Go back to the first memory, and tell whether this round did not begin there."""
    return change.cursor is not None and _update(change, cursor=None)


def _switch(change: EmbedderChange) -> bool:
    """Let the project use the new embedder if no memory lacks a vector by it; one statement decides and acts."""
    if not _held(change).exists():
        return False
    embed_suppressions(change.project_id, change.target)
    with transaction.atomic():
        if not jobs.is_ours(change):
            return False
        project = Project.objects.filter(pk=change.project_id, next_embedder=change.target)
        complete = project.exclude(Exists(_without(change.project_id, change.target)))
        if complete.update(embedder=change.target, next_embedder=""):
            _held(change).update(phase=Phase.SETTLING, switched_at=timezone.now(), cursor=None, done=F("total"))
            audit(change, action="embedder.switch")
    return True


def _drop(change: EmbedderChange) -> bool:
    """Remove the vectors that the project has no use for, a batch at a time; that done, the change is over."""
    kept = Project.objects.values_list("embedder", flat=True).get(pk=change.project_id)
    useless = MemoryVector.objects.filter(memory__project=change.project_id).exclude(embedder=kept)
    ids = list(useless.order_by("pk").values_list("pk", flat=True)[:DROPPED])
    if not ids:
        embed_suppressions(change.project_id, kept)
    with transaction.atomic():
        if not jobs.is_ours(change):
            return False
        if not ids:
            jobs.succeed(change)
            return False
        MemoryVector.objects.filter(pk__in=ids).delete()
    return True


def _update(change: EmbedderChange, **fields: object) -> bool:
    return bool(_held(change).update(**fields))


def _held(change: EmbedderChange) -> EmbedderChangeQuerySet:
    return EmbedderChange.objects.filter(pk=change.pk, attempts=change.attempts, status=Job.Status.RUNNING)


STEPS: dict[Phase, Callable[[EmbedderChange], bool]] = {
    Phase.EMBEDDING: _embed,
    Phase.SETTLING: _settle,
    Phase.DROPPING: _drop,
}
