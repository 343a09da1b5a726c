"""Finding the jobs that nobody is working on."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from memories.dispatch import ring
from memories.models import Event, MemoryExport, Profile, Rollback
from memories.models.job import Job

BATCH = 500
# A ring that is this fresh is probably still on its way.
GRACE = timedelta(seconds=5)
KINDS: tuple[type[Job], ...] = (Event, MemoryExport, Profile, Rollback)


def sweep() -> int:
    """Ring for every job that is due and was not rung for just now; return how many.

    Ringing twice is harmless: a claim succeeds once.
    """
    before = timezone.now() - GRACE
    rung = 0
    for kind in KINDS:
        due = kind.objects.due().filter(available_at__lt=before).order_by("available_at")  # type: ignore[attr-defined]
        for job_id in due.values_list("pk", flat=True)[:BATCH]:
            ring(job_id, task=kind.TASK)
            rung += 1
    return rung
