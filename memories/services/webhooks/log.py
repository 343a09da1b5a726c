"""The log of deliveries: told again, kept for a while, and rid of what has been erased."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Cast, JSONObject
from django.utils import timezone

from memories.dispatch import ring_for_webhooks
from memories.models import Webhook, WebhookDelivery
from memories.models.webhook import EventType
from memories.services.webhooks.telling import ERASED, WORDS

BATCH = 1000


class NothingToReplay(Exception):
    """The delivery is about to be sent as it is, or what it told has been erased; the message says which."""


def replay(delivery: WebhookDelivery) -> None:
    """Send a delivery again, under the same id, with all its tries; one that waits for another try is sent now.

    Raises NothingToReplay when it still waits for its first try, or there is nothing left to send.
    """
    with transaction.atomic():
        # The webhook comes first, as when an outcome is noted. Whoever asks wants to see now whether it works.
        webhook = Webhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)
        Webhook.objects.filter(pk=webhook.pk).update(paused_until=None)
        current = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
        if current.payload is None:
            raise NothingToReplay("What this delivery told has been erased, so it can't be sent again.")
        if not current.can_be_replayed:
            raise NothingToReplay("This delivery is about to be sent already.")
        WebhookDelivery.objects.filter(pk=current.pk).update(
            status=WebhookDelivery.Status.PENDING, available_at=webhook.first_in_line, tries=0
        )
        ring_for_webhooks()


def erase_told(object_ids: Collection[UUID]) -> None:
    """Remove what deliveries tell of these memories or jobs, and what receivers answered.

    News of a deletion is kept and still sent, without the words; all other news of them is not sent any more.
    """
    about = WebhookDelivery.objects.filter(object_id__in=list(object_ids))
    deletion = Q(event_type=EventType.MEMORY_DELETE)
    waiting = Q(status=WebhookDelivery.Status.PENDING)
    about.exclude(deletion).update(
        payload=None,
        answer="",
        status=Case(When(waiting, then=Value(WebhookDelivery.Status.CANCELLED.value)), default=F("status")),
    )
    about.filter(deletion).update(
        payload=JSONObject(
            event_details=JSONObject(
                id=Cast("object_id", CharField()),
                data=JSONObject(memory=Value(ERASED)),
                event=Value(WORDS[EventType.MEMORY_DELETE]),
            )
        ),
        answer="",
    )


def purge_log() -> int:
    """Remove deliveries older than settings.WEBHOOK_LOG_DAYS, but none that is yet to be sent; return how many."""
    before = timezone.now() - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    to_be_sent = Q(status=WebhookDelivery.Status.PENDING, webhook__disabled_because="")
    old = WebhookDelivery.objects.filter(created_at__lt=before).exclude(to_be_sent).order_by("created_at")
    purged = 0
    while ids := list(old.values_list("pk", flat=True)[:BATCH]):
        WebhookDelivery.objects.filter(pk__in=ids).delete()
        purged += len(ids)
    return purged
