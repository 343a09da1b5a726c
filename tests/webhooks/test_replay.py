"""What was sent, or given up, is sent again because somebody asks for it."""

from __future__ import annotations

import pytest

from memories.models import WebhookDelivery
from memories.services.webhooks import sending
from memories.services.webhooks.log import NothingToReplay, replay
from memories.services.webhooks.telling import send_test
from tests.conftest import Remember
from tests.webhooks.conftest import Hook, later, only, send_all, wait_of
from tests.webhooks.receiver import Receiver, Reply

SUCCEEDED, PENDING = "SUCCEEDED", "PENDING"
pytestmark = pytest.mark.django_db


def test_what_was_given_up_or_delivered_is_sent_again_under_its_id(
    hook: Hook, receiver: Receiver, remember: Remember
) -> None:
    webhook = hook("memory_add")
    remember("I like tea")
    send_all()
    replay(only())
    assert only().status == PENDING
    send_all()
    delivery = only()
    assert (delivery.status, delivery.attempts, delivery.tries) == (SUCCEEDED, 2, 1)
    first, second = receiver.requests
    assert (first.id, first.body) == (second.id, second.body)
    assert len(receiver.verified(webhook.secret)) == 2


def test_a_pause_does_not_hold_it(hook: Hook, receiver: Receiver, remember: Remember) -> None:
    hook("memory_add")
    remember("I like tea")
    send_all()
    receiver.script(Reply(500, headers={"Retry-After": "3600"}))
    remember("I like coffee")
    send_all()
    replay(WebhookDelivery.objects.get(status=SUCCEEDED))
    send_all()
    assert len(receiver.requests) == 3


def test_what_a_person_asks_for_comes_first(hook: Hook, receiver: Receiver, remember: Remember) -> None:
    webhook = hook("memory_add")
    remember("I like tea")
    send_all()
    for number in range(3):
        remember(f"I like drink {number}")
    replay(WebhookDelivery.objects.get(status=SUCCEEDED))
    send_test(webhook)
    send_all()
    events = [details.get("data", {}).get("memory", "PING") for details in receiver.told]
    assert sorted(events[1:3]) == ["I like tea", "PING"]


def test_what_waits_for_another_try_is_sent_now(hook: Hook, receiver: Receiver, remember: Remember) -> None:
    hook("memory_add")
    receiver.script(Reply(500), Reply(500))
    remember("I like tea")
    send_all()
    later(seconds=6)
    send_all()
    replay(only())
    send_all()
    assert (only().status, only().attempts) == (SUCCEEDED, 3)


def test_asked_for_during_a_try(hook: Hook, receiver: Receiver, remember: Remember) -> None:
    webhook = hook("memory_add")
    receiver.script(Reply(500))
    remember("I like tea")
    send_all()
    later(seconds=6)
    under_way = WebhookDelivery.objects.claim_next(webhook)
    assert under_way is not None
    replay(under_way)
    sending.note_outcome(under_way, sending.Outcome(duration=1, status=500))
    assert wait_of(only()) < 6


def test_what_waits_is_not_replayed(hook: Hook, remember: Remember) -> None:
    hook("memory_add")
    remember("I like tea")
    with pytest.raises(NothingToReplay):
        replay(only())
