"""The doorbell: tells a worker that something waits. Losing a ring loses nothing, the sweeper rings again."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)
INGEST_TASK = "memories.tasks.ingest"
DELIVER_TASK = "memories.tasks.deliver"


def ring_on_commit(job_id: UUID, *, task: str = INGEST_TASK) -> None:
    """Ring once the current transaction is on disk."""
    transaction.on_commit(lambda: ring(job_id, task=task), robust=True)


def ring(job_id: UUID, *, task: str = INGEST_TASK, delay: float = 0) -> None:
    """Ask for the job to be done by `task` after `delay` seconds."""
    _send(task, str(job_id), delay=delay)


def unheard() -> int:
    """Return how many rings wait for a worker; 0 if the broker can't be asked."""
    try:
        with current_app.connection_for_read() as connection:
            queue = current_app.conf.task_default_queue
            return int(connection.default_channel.queue_declare(queue=queue, passive=True).message_count)
    except Exception:  # whatever the transport raises; then ringing once too often does no harm
        logger.warning("The broker did not say how much waits in it.", exc_info=True)
        return 0


def ring_for_webhooks(*, delay: float = 0) -> None:
    """Ask for webhooks to be sent what waits for them, once the current transaction is on disk.

    Whose turn it is, the sender finds out: all rings are alike, so that a busy webhook's can't keep others waiting.
    """
    transaction.on_commit(lambda: _send(DELIVER_TASK, delay=delay), robust=True)


def _send(task: str, *arguments: str, delay: float) -> None:
    """Send a task to the workers.

    By name rather than by import, because tasks call services and services ring. A broker that can't be
    reached is logged and left to the sweeper: the row that waits is safe in the database.
    """
    try:
        current_app.send_task(task, args=list(arguments), countdown=delay or None, retry=False)
    except Exception:  # whatever the transport raises, it must not undo what is acknowledged
        logger.warning("The broker did not take %s; the sweeper will.", " ".join([task, *arguments]), exc_info=True)
