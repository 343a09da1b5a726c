"""From an event to its memories: claim, run the steps, write everything at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from memories.dispatch import ring
from memories.ingestion.work import Ingestion
from memories.models import Event
from memories.privacy.screening import told
from memories.services import jobs
from memories.services.reconcile import write
from memories.services.webhooks.telling import tell_of_outcome

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


def retry(*, event: Event) -> None:
    """Give a failed event all its tries again, from now; an event that has not failed is left alone."""
    with transaction.atomic():
        put_back = Event.objects.filter(pk=event.pk, status=Event.Status.FAILED).update(
            status=Event.Status.PENDING, available_at=timezone.now(), tries=0, completed_at=None
        )
        if put_back:
            transaction.on_commit(lambda: ring(event.pk))


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
