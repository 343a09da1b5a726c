"""What comes of an attempt: delivered, tried again later, or given up; and what it says about the webhook."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from django.db import transaction
from django.utils import timezone

from memories.models import Webhook, WebhookDelivery

# The waits between the attempts at one delivery, after Standard Webhooks: eight attempts in 28 hours.
RETRY_SECONDS = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600)
# While a receiver fails, all that waits for it waits together: this long at first, then doubling.
PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 5 * 60
# A receiver may ask for a longer wait, up to this.
LONGEST_WAIT = timedelta(days=1)
# It is disabled when nothing has got through for so long, in so many attempts.
FAILING = timedelta(days=5)
FAILING_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the receiver answered, or the error that kept it from answering."""

    duration: int
    status: int | None = None
    answer: str = ""
    retry_after: str = ""
    error: str = ""

    @property
    def delivered(self) -> bool:
        """Tell whether the receiver has it: any 2xx says so, nothing else does."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """Return why it is not delivered, or ""."""
        if self.status is None or self.delivered:
            return self.error
        if 300 <= self.status < 400:
            return f"It answered {self.status}. Redirects are not followed: enter the address that it leads to."
        return f"It answered {self.status}."


def note_outcome(delivery: WebhookDelivery, outcome: Outcome) -> bool:
    """Write down how an attempt went, and what follows from it; tell whether it was delivered.

    Nothing is written when another attempt has begun meanwhile, or the webhook is gone.
    """
    with transaction.atomic():
        webhook = Webhook.objects.select_for_update(no_key=True).filter(pk=delivery.webhook_id).first()
        ours = WebhookDelivery.objects.select_for_update().filter(pk=delivery.pk)
        row = ours.filter(attempts=delivery.attempts).first()
        if webhook is None or row is None:
            return outcome.delivered
        row.answer_status = outcome.status
        row.error = outcome.reason
        row.duration = outcome.duration
        # A receiver may answer with what it was told: that goes when the telling has been erased.
        row.answer = outcome.answer if row.payload is not None else ""
        _settle(row, outcome)
        row.save()
        _judge(webhook, outcome)
        webhook.save()
    return outcome.delivered


def _settle(delivery: WebhookDelivery, outcome: Outcome) -> None:
    """Set the status that the outcome leads to, and when to try again."""
    if outcome.delivered:
        delivery.status = WebhookDelivery.Status.SUCCEEDED
    elif delivery.payload is None:
        delivery.status = WebhookDelivery.Status.CANCELLED
    elif outcome.status == HTTPStatus.GONE or delivery.tries > len(RETRY_SECONDS):
        delivery.status = WebhookDelivery.Status.FAILED
    else:
        # Somebody may have asked for another try during this one, which sets the count to none.
        tried = max(delivery.tries, 1)
        wait = timedelta(seconds=RETRY_SECONDS[tried - 1] * random.uniform(1.0, 1.1))  # noqa: S311
        delivery.available_at = timezone.now() + max(wait, asked_wait(outcome.retry_after))


def _judge(webhook: Webhook, outcome: Outcome) -> None:
    """Count the failures in a row; pause, or disable, a webhook whose receiver is in trouble."""
    now = timezone.now()
    if outcome.delivered:
        webhook.failures, webhook.failing_since, webhook.paused_until = 0, None, None
        return
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    pause = timedelta(seconds=min(PAUSE_SECONDS * 2 ** min(webhook.failures - 1, 10), LONGEST_PAUSE_SECONDS))
    webhook.paused_until = now + max(pause, asked_wait(outcome.retry_after))
    if not webhook.is_active:
        return
    if outcome.status == HTTPStatus.GONE:
        webhook.disabled_because = Webhook.DisabledBecause.GONE
    elif webhook.failures >= FAILING_ATTEMPTS and now - webhook.failing_since > FAILING:
        webhook.disabled_because = Webhook.DisabledBecause.FAILING


def asked_wait(retry_after: str) -> timedelta:
    """Return how long a Retry-After header asks to wait, within a day; seconds and dates are understood."""
    try:
        if retry_after.strip().isdecimal():
            wait = timedelta(seconds=min(int(retry_after), LONGEST_WAIT.total_seconds()))
        else:
            wait = _with_zone(parsedate_to_datetime(retry_after)) - timezone.now()
    except (ValueError, OverflowError):
        return timedelta(0)
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _with_zone(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
