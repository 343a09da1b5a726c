"""What workers do: ids in, one service call each."""

from __future__ import annotations

from celery import shared_task
from celery.signals import worker_ready

from accounts.limits import forget_idle_counts
from memories.providers import warm_up
from memories.services import (
    consolidation,
    exports,
    forgetting,
    indexing,
    profiles,
    rollbacks,
    sweeping,
    vector_indexes,
    visits,
)
from memories.services.embedders import changing
from memories.services.erasure import leftovers
from memories.services.idempotency import forget_old_calls
from memories.services.ingest import ingest as ingest_event
from memories.services.webhooks import log, sending


@shared_task
def ingest(event_id: str) -> None:
    """Ingest one event."""
    ingest_event(event_id)


@shared_task
def export(export_id: str) -> None:
    """Make one export."""
    exports.export(export_id)


@shared_task
def expire_exports() -> None:
    """Delete the exports whose time has run out."""
    exports.expire_exports()


@shared_task
def roll_back(rollback_id: str) -> None:
    """Take back what one source wrote."""
    rollbacks.work(rollback_id)


@shared_task
def change_embedder(change_id: str) -> None:
    """Go on with a project's change to another embedder."""
    changing.work(change_id)


@shared_task
def make_profile(profile_id: str) -> None:
    """Make one profile."""
    profiles.make_profile(profile_id)


@shared_task
def refresh_profiles() -> None:
    """Ask for the profiles of those whose memories have changed."""
    profiles.refresh_profiles()


@shared_task
def deliver() -> None:
    """Send to the webhook whose turn it is."""
    sending.send_waiting()


@shared_task
def sweep() -> None:
    """Ring again for jobs and webhooks whose ring or whose worker was lost."""
    sweeping.sweep()
    sending.ring_if_ready()


@shared_task
def index_unplaced() -> None:
    """Work out what recall reads of older memories, a batch at a time until all are done."""
    if indexing.index_unplaced() or indexing.pack_terms():
        index_unplaced.delay()


@shared_task
def index_vectors() -> None:
    """Make the indexes on vectors that searches have use for."""
    vector_indexes.keep_indexes()


@shared_task
def count_visits() -> None:
    """Count how often memories were recalled."""
    visits.count_visits()


@shared_task
def consolidate() -> None:
    """Promote what is hot, put aside what has ended, and what is too much of one person."""
    visits.count_visits()
    consolidation.consolidate()


@shared_task
def empty_trash() -> None:
    """Purge what has been in the trash long enough."""
    forgetting.empty_trash()


@shared_task
def purge_webhook_log() -> None:
    """Remove what webhooks were told long ago."""
    log.purge_log()


@shared_task
def check_leftovers() -> None:
    """Look for what should be gone."""
    leftovers.find_leftovers()


@shared_task
def tidy() -> None:
    """Remove what has served its time: counts of requests, and answers to repeated ones."""
    forget_idle_counts()
    forget_old_calls()


@worker_ready.connect
def start_ready(**kwargs: object) -> None:
    """Load the models, and look for abandoned events at once: this worker may replace a dead one."""
    warm_up(reads=True)
    sweep.delay()
    index_unplaced.delay()
