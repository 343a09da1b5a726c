"""From an event to its memories: claim, run the steps, write everything at once."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from memories.dispatch import ring
from memories.ingestion import lease
from memories.ingestion.work import Ingestion
from memories.models import Event
from memories.providers import calls_network
from memories.services.reconcile import write
from memories.services.webhooks.telling import tell_of_outcome
from providers.errors import ProviderError

logger = logging.getLogger(__name__)
FIRST_RETRY_SECONDS = 2.0
LAST_RETRY_SECONDS = 600.0
INTERNAL_ERROR = "internal_error"


def ingest(event_id: UUID | str) -> None:
    """Ingest one event if it is due and nobody else has it; being told twice does no harm.

    A failure that may pass puts the event back with a later date; another ends it as FAILED with its cause.
    Its messages are kept either way, and a person can have it tried again.
    """
    event = Event.objects.claim(event_id)
    if event is None:
        return
    work = Ingestion(event=event, messages=list(event.messages.all()))
    try:
        with lease.kept(event):
            _release_connection()
            for path in settings.INGESTION:
                import_string(path)(work)
            _finish(work)
    except ProviderError as error:
        _give_back(event, code=type(error).__name__, message=str(error), error=error)
    except Exception as error:
        logger.exception("Event %s failed.", event.pk)
        _give_back(event, code=INTERNAL_ERROR, message=f"{type(error).__name__}: {error}", error=None)


def retry(*, event: Event) -> None:
    """Give a failed event all its tries again, from now; an event that has not failed is left alone."""
    with transaction.atomic():
        put_back = Event.objects.filter(pk=event.pk, status=Event.Status.FAILED).update(
            status=Event.Status.PENDING, available_at=timezone.now(), tries=0, completed_at=None
        )
        if put_back:
            transaction.on_commit(lambda: ring(event.pk))


def _release_connection() -> None:
    """Give the database connection back while remote models are asked: slow answers would starve the rest."""
    if calls_network() and not connection.in_atomic_block:
        connection.close()


def _finish(work: Ingestion) -> None:
    """Write the outcome unless the event has passed to somebody else in the meantime."""
    event = work.event
    with transaction.atomic():
        ours = Event.objects.select_for_update().filter(
            pk=event.pk, attempts=event.attempts, status=Event.Status.RUNNING
        )
        if not ours.exists():
            logger.warning("Event %s was taken over; this worker's result is dropped.", event.pk)
            return
        write(work)
        ours.update(
            status=Event.Status.SUCCEEDED,
            completed_at=timezone.now(),
            leased_until=None,
            error="",
            error_code="",
            extractor=work.extractor,
            model=work.usage.model,
            input_tokens=work.usage.input_tokens,
            output_tokens=work.usage.output_tokens,
            refusals=[{"text": r.text, "reason": r.reason} for r in work.refusals],
        )
        tell_of_outcome(Event.objects.get(pk=event.pk))


def _give_back(event: Event, *, code: str, message: str, error: ProviderError | None) -> None:
    """Note the failure, and set the event to be tried later or to FAILED."""
    again = (error is None or error.retryable) and event.tries < settings.EVENT_MAX_TRIES
    delay = _delay(event.tries, error)
    now = timezone.now()
    changes: dict[str, object] = {"status": Event.Status.FAILED, "completed_at": now}
    if again:
        changes = {"status": Event.Status.PENDING, "available_at": now + timedelta(seconds=delay)}
    ours = Event.objects.filter(pk=event.pk, attempts=event.attempts, status=Event.Status.RUNNING)
    with transaction.atomic():
        if ours.update(error_code=code, error=message, leased_until=None, **changes) and not again:
            tell_of_outcome(Event.objects.get(pk=event.pk))
    if again:
        ring(event.pk, delay=delay)


def _delay(tries: int, error: ProviderError | None) -> float:
    """Return the seconds to wait: what the provider asked for, else doubling with jitter."""
    if error is not None and error.retry_after is not None:
        return min(error.retry_after, LAST_RETRY_SECONDS)
    doubled: float = FIRST_RETRY_SECONDS * 2 ** (tries - 1)
    return min(doubled, LAST_RETRY_SECONDS) * random.uniform(0.75, 1.25)  # noqa: S311 (no secret)
