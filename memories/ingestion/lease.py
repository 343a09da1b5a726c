"""Keeps a claimed event ours while a slow model answers."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from memories.models import Event

logger = logging.getLogger(__name__)


@contextlib.contextmanager
def kept(event: Event) -> Iterator[None]:
    """Renew the event's lease three times per term until the block ends.

    The renewals come from a thread with a connection of its own, so that the block may take as long as its
    model does while a worker that died loses the event after one term.
    """
    done = threading.Event()
    renewer = threading.Thread(target=_renew, args=(event, done), name=f"lease-{event.pk}", daemon=True)
    renewer.start()
    try:
        yield
    finally:
        done.set()
        renewer.join()


def _renew(event: Event, done: threading.Event) -> None:
    term = settings.EVENT_LEASE_SECONDS
    while not done.wait(term / 3):
        try:
            Event.objects.filter(pk=event.pk, attempts=event.attempts, status=Event.Status.RUNNING).update(
                leased_until=timezone.now() + timedelta(seconds=term)
            )
        except Error:
            logger.warning("The lease of event %s could not be renewed.", event.pk, exc_info=True)
        finally:
            connection.close()
