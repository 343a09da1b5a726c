"""Sending what waits: one webhook at a time per sender, one attempt after the other."""

from __future__ import annotations

import json
import time

from django.conf import settings
from django.db import connection
from django.utils import timezone

from memories.dispatch import ring_for_webhooks
from memories.models import Webhook, WebhookDelivery
from memories.services.webhooks.outcome import Outcome, note_outcome
from memories.services.webhooks.signing import signed_headers
from providers.guarded_http import ForbiddenAddress, PostFailed, guarded_client, post

ANSWER_SECONDS = 10.0
ANSWER_BYTES = 1024
# After this a webhook's turn is over, also if more waits for it.
TURN_SECONDS = 10.0
# Rings for later than this are left to the sweeper.
RING_AHEAD_SECONDS = 30.0
USER_AGENT = "MemoryHub-Webhooks/1"


def send_waiting() -> None:
    """Take the webhook whose turn it is and send what is due, until it fails or its turn is over.

    Does nothing when no webhook is ready or enough are being sent to. Being asked twice does no harm.
    """
    webhook = Webhook.objects.claim()
    if webhook is None:
        return
    over_at = time.monotonic() + TURN_SECONDS
    try:
        while time.monotonic() < over_at and (delivery := WebhookDelivery.objects.claim_next(webhook)) is not None:
            outcome = _attempt(webhook, delivery)
            if not note_outcome(delivery, outcome):
                break
    finally:
        _end_turn(webhook)


def ring_if_ready() -> int:
    """Ring for each webhook that is ready; return how many are."""
    ready = Webhook.objects.ready().count()
    for _ in range(ready):
        ring_for_webhooks()
    return ready


def _attempt(webhook: Webhook, delivery: WebhookDelivery) -> Outcome:
    """Send a delivery once. No transaction is open meanwhile, and no database connection is held."""
    body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json", "User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    headers |= signed_headers(webhook, message_id=str(delivery.pk), body=body, at=timezone.now())
    if not connection.in_atomic_block:
        connection.close()
    began = time.monotonic()
    try:
        with guarded_client(timeout=ANSWER_SECONDS, allowed=settings.OUTBOUND_ALLOWED_NETWORKS) as client:
            answer = post(
                client, webhook.url, body=body, headers=headers, max_bytes=ANSWER_BYTES, seconds=ANSWER_SECONDS
            )
    except (ForbiddenAddress, PostFailed) as error:
        return Outcome(error=str(error), duration=_milliseconds_since(began))
    return Outcome(
        status=answer.status,
        answer=answer.body.decode(errors="replace").replace("\x00", "\N{REPLACEMENT CHARACTER}"),
        retry_after=answer.retry_after,
        duration=_milliseconds_since(began),
    )


def _milliseconds_since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)


def _end_turn(webhook: Webhook) -> None:
    """Let the next sender have the webhook, and see that what waits is sent: to it, or to others that had to wait."""
    now = timezone.now()
    # The lease's end stays in the row: it tells who was served last.
    Webhook.objects.filter(pk=webhook.pk, leased_until=webhook.leased_until).update(leased_until=now)
    ring_if_ready()
    paused_until = Webhook.objects.enabled().filter(pk=webhook.pk).values_list("paused_until", flat=True).first()
    if paused_until is not None and 0 < (delay := (paused_until - now).total_seconds()) <= RING_AHEAD_SECONDS:
        ring_for_webhooks(delay=delay)
