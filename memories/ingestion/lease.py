"""Keeps a claimed job ours while a slow model answers."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from memories.models.job import Job

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def kept(job: Job) -> Iterator[None]:
    """Renew the job's lease three times per term until the block ends.

    The renewals come from a thread with a connection of its own, so that the block may take as long as its
    model does while a worker that died loses the job after one term.
    """
    done = threading.Event()
    renewer = threading.Thread(target=_renew, args=(job, done), name=f"lease-{job.pk}", daemon=True)
    renewer.start()
    try:
        yield
    finally:
        done.set()
        renewer.join()


def _renew(job: Job, done: threading.Event) -> None:
    term = settings.EVENT_LEASE_SECONDS
    while not done.wait(term / 3):
        try:
            type(job)._default_manager.filter(pk=job.pk, attempts=job.attempts, status=Job.Status.RUNNING).update(
                leased_until=timezone.now() + timedelta(seconds=term)
            )
        except Error:
            logger.warning("The lease of job %s could not be renewed.", job.pk, exc_info=True)
        finally:
            connection.close()
