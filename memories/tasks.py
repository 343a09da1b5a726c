"""What workers do: ids in, one service call each."""

from __future__ import annotations

from celery import shared_task
from celery.signals import worker_ready

from accounts.limits import forget_idle_counts
from memories.providers import warm_up
from memories.services import forgetting, sweeping
from memories.services.idempotency import forget_old_calls
from memories.services.ingest import ingest as ingest_event


@shared_task
def ingest(event_id: str) -> None:
    """Ingest one event."""
    ingest_event(event_id)


@shared_task
def sweep() -> None:
    """Ring again for events whose ring or whose worker was lost."""
    sweeping.sweep()


@shared_task
def empty_trash() -> None:
    """Purge what has been in the trash long enough."""
    forgetting.empty_trash()


@shared_task
def tidy() -> None:
    """Remove what has served its time: counts of requests, and answers to repeated ones."""
    forget_idle_counts()
    forget_old_calls()


@worker_ready.connect
def start_ready(**kwargs: object) -> None:
    """Load the model, and look for abandoned events at once: this worker may replace a dead one."""
    warm_up()
    sweep.delay()
