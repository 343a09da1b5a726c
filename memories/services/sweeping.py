"""Finding the jobs that nobody is working on."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from memories.dispatch import ring
from memories.metering.budgets import BudgetUsedUp, check_budgets
from memories.models import EmbedderChange, Event, MemoryExport, Profile, Rollback
from memories.models.job import OUT_OF_BUDGET, Job

BATCH = 500
# A ring that is this fresh is probably still on its way.
GRACE = timedelta(seconds=5)
KINDS: tuple[type[Job], ...] = (Event, MemoryExport, Profile, Rollback, EmbedderChange)


def sweep() -> int:
    """Ring for every job that is due and was not rung for just now; return how many.

    Ringing twice is harmless: a claim succeeds once.
    """
    before = timezone.now() - GRACE
    rung = 0
    for kind in KINDS:
        _wake(kind, before)
        due = kind.objects.due().filter(available_at__lt=before).order_by("available_at")  # type: ignore[attr-defined]
        for job_id in due.values_list("pk", flat=True)[:BATCH]:
            ring(job_id, task=kind.TASK)
            rung += 1
    return rung


def _wake(kind: Any, before: datetime) -> None:
    """Make the jobs due that wait for a budget which has been raised."""
    waiting = kind.objects.filter(status=Job.Status.PENDING, error_code=OUT_OF_BUDGET)
    for project_id in waiting.order_by().values_list("project", flat=True).distinct():
        with suppress(BudgetUsedUp):
            check_budgets(project_id)
            waiting.filter(project=project_id, available_at__gt=before).update(available_at=before - GRACE)
