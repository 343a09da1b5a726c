"""Finding the jobs that nobody is working on."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from memories.dispatch import ring, unheard
from memories.metering.budgets import BudgetUsedUp, check_budgets
from memories.models import EmbedderChange, Event, MemoryExport, Profile, Rollback
from memories.models.job import OUT_OF_BUDGET, Job

BATCH = 500
# As many are rung for even when the queue is long: of those, the ones that lost their ring become the oldest.
FEW = 20
# A ring that is this fresh is probably still on its way.
GRACE = timedelta(seconds=5)
KINDS: tuple[type[Job], ...] = (Event, MemoryExport, Profile, Rollback, EmbedderChange)


def sweep() -> int:
    """Ring for jobs that are due and were not rung for just now, the oldest first; return how many.

    Ringing twice is harmless, for a claim succeeds once. But a long queue must not grow with each sweep: whoever
    sends something after a large import would wait until the workers have heard all that in vain.
    """
    before = timezone.now() - GRACE
    room = max(BATCH - unheard(), FEW)
    rung = 0
    for kind in KINDS:
        _wake(kind, before)
        due = kind.objects.due().filter(available_at__lt=before).order_by("available_at")  # type: ignore[attr-defined]
        for job_id in due.values_list("pk", flat=True)[:room]:
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
