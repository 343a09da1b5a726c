"""The doorbell: tells a worker that a job waits. Losing a ring loses nothing, the sweeper rings again."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)
INGEST_TASK = "memories.tasks.ingest"


def ring_on_commit(job_id: UUID, *, task: str = INGEST_TASK) -> None:
    """Ring once the current transaction is on disk."""
    transaction.on_commit(lambda: ring(job_id, task=task), robust=True)


def ring(job_id: UUID, *, task: str = INGEST_TASK, delay: float = 0) -> None:
    """Ask for the job to be done by `task` after `delay` seconds.

    By name rather than by import, because tasks call services and services ring. A broker that can't be
    reached is logged and left to the sweeper: the job itself is safe in the database.
    """
    try:
        current_app.send_task(task, args=[str(job_id)], countdown=delay or None, retry=False)
    except Exception:  # whatever the transport raises, it must not undo an acknowledged job
        logger.warning("The broker did not take job %s; the sweeper will.", job_id, exc_info=True)
