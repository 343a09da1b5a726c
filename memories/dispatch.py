"""The doorbell: tells a worker that an event waits. Losing a ring loses nothing, the sweeper rings again."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)
# Each new connection to PGMQ declares its queue; of several that do so at once, Postgres may stop one as a deadlock.
TRIES = 2
INGEST_TASK = "memories.tasks.ingest"


def ring_on_commit(event_id: UUID) -> None:
    """Ring once the current transaction is on disk."""
    transaction.on_commit(lambda: ring(event_id), robust=True)


def ring(event_id: UUID, *, delay: float = 0) -> None:
    """Ask for the event to be ingested after `delay` seconds.

    By name rather than by import, because tasks call services and services ring. A broker that can't be
    reached is logged and left to the sweeper: the event itself is safe in the database.
    """
    for left in reversed(range(TRIES)):
        try:
            current_app.send_task(INGEST_TASK, args=[str(event_id)], countdown=delay or None, retry=False)
            return
        except Exception:  # whatever the transport raises, it must not undo an acknowledged event
            if not left:
                logger.warning("The broker did not take event %s; the sweeper will.", event_id, exc_info=True)
