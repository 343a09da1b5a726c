"""From an event to its memories: claim, run the steps, write everything at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from memories.dispatch import ring_on_commit
from memories.ingestion.work import Ingestion
from memories.models import Event
from memories.models.event import EventQuerySet
from memories.privacy.screening import told
from memories.services import jobs
from memories.services.reconcile import write
from memories.services.webhooks.telling import tell_of_outcome

RUNG_AT_ONCE = 500
SCOPE = ("project", "end_user", "agent", "app", "run", "api_key", "user")


def ingest(event_id: UUID | str) -> None:
    """Ingest one event if it is due and nobody else has it; being told twice does no harm.

    A failure that may pass puts the event back with a later date; another ends it as FAILED with its cause.
    Its messages are kept either way, and a person can have it tried again.
    """
    event = Event.objects.select_related(*SCOPE).claim(event_id)
    if event is not None:
        jobs.run(event, _work, failed=tell_of_outcome)


def _work(event: Event) -> None:
    work = Ingestion(event=event, messages=list(event.messages.all()))
    take_steps(work)
    _finish(work)


def take_steps(work: Ingestion) -> None:
    """Do everything that comes before writing; raises ProviderError."""
    jobs.release_connection()
    for path in settings.INGESTION:
        import_string(path)(work)


def retry(*, event: Event) -> bool:
    """Give a failed event all its tries again, from now; one that has not failed is left alone. Tell which it was."""
    return retry_all(Event.objects.filter(pk=event.pk)) > 0


def retry_all(events: EventQuerySet) -> int:
    """Give those of `events` that have failed all their tries again, from now; return how many.

    The sweeper rings for what is more than it rings for at a time.
    """
    with transaction.atomic():
        failed = Event.objects.filter(pk__in=events.order_by().values("pk"), status=Event.Status.FAILED)
        ids = list(failed.select_for_update().values_list("pk", flat=True))
        Event.objects.filter(pk__in=ids).update(
            status=Event.Status.PENDING, available_at=timezone.now(), tries=0, completed_at=None
        )
        for event_id in ids[:RUNG_AT_ONCE]:
            ring_on_commit(event_id)
    return len(ids)


def _finish(work: Ingestion) -> None:
    """Write the outcome unless the event has passed to somebody else in the meantime."""
    with transaction.atomic():
        if not jobs.is_ours(work.event):
            return
        write(work)
        jobs.succeed(work.event, **outcome(work))
        tell_of_outcome(Event.objects.get(pk=work.event.pk))


def outcome(work: Ingestion) -> dict[str, Any]:
    """Return what the event keeps of how it went, by field."""
    return {
        "extractor": work.extractor,
        "model": work.usage.model,
        "input_tokens": work.usage.input_tokens,
        "output_tokens": work.usage.output_tokens,
        "refusals": [{"text": r.text, "reason": r.reason} for r in work.refusals],
        "notes": work.notes,
        "withheld": told(work.withheld),
    }
