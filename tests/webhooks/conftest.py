from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.models import Project, User
from memories.models import Webhook, WebhookDelivery
from memories.models.webhook import EventType
from memories.services.changes import Actor
from memories.services.webhooks.sending import send_waiting
from memories.services.webhooks.setup import create_webhook
from tests.webhooks.receiver import LOOPBACK, Receiver

Hook = Callable[..., Webhook]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_ALLOWED_NETWORKS = LOOPBACK
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def hook(receiver: Receiver, alice: User, alice_project: Project) -> Hook:
    """Set a webhook up in alice's project, at the receiver, told of everything unless told otherwise."""

    def make(*event_types: str, url: str = receiver.url, project: Project = alice_project) -> Webhook:
        wanted = list(event_types or EventType.values)
        return create_webhook(
            project=project, name="My app", url=url, event_types=wanted, actor=Actor(label="alice", user=alice)
        )

    return make


def send_all() -> None:
    """Do what workers would do with the rings so far."""
    while Webhook.objects.ready().exists():
        send_waiting()


def later(**wait: float) -> None:
    """Let time pass for deliveries and webhooks: everything that is kept of time moves into the past."""
    passed = timedelta(**wait)
    WebhookDelivery.objects.update(available_at=F("available_at") - passed, created_at=F("created_at") - passed)
    Webhook.objects.filter(leased_until__isnull=False).update(leased_until=F("leased_until") - passed)
    Webhook.objects.update(
        paused_until=F("paused_until") - passed,
        failing_since=F("failing_since") - passed,
        previous_secret_until=F("previous_secret_until") - passed,
    )


def only() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


def wait_of(delivery: WebhookDelivery) -> float:
    """Return the seconds until the delivery is due."""
    return (delivery.available_at - timezone.now()).total_seconds()
