"""Whose turn it is to be sent to, and what several senders do to each other: nothing."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Project, User
from memories.models import Webhook, WebhookDelivery
from memories.services.changes import Actor
from memories.services.webhooks import sending
from memories.services.webhooks.sending import send_waiting
from memories.services.webhooks.setup import create_webhook, disable_webhook, enable_webhook
from tests.conftest import Remember
from tests.webhooks.conftest import Hook, later, send_all
from tests.webhooks.receiver import Receiver, Reply

ALICE = Actor(label="alice")


@pytest.mark.django_db
class TestWhoseTurnItIs:
    def test_a_failing_receiver_is_asked_once_and_then_left_alone_for_a_while(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        hook("memory_add")
        receiver.script(*[Reply(500)] * 100)
        for number in range(30):
            remember(f"I like drink {number}")
        send_all()
        assert len(receiver.requests) == 1
        later(seconds=5)
        send_all()
        assert len(receiver.requests) == 2
        later(seconds=5)
        send_all()
        assert len(receiver.requests) == 2, "The second pause is longer."
        for _ in range(20):
            later(minutes=5)
            send_all()
        assert len(receiver.requests) == 22

    def test_one_receivers_trouble_is_not_anothers(self, hook: Hook, receiver: Receiver, remember: Remember) -> None:
        hook("memory_add", url="http://127.0.0.1:1/")
        hook("memory_add")
        for number in range(5):
            remember(f"I like drink {number}")
        send_all()
        assert len(receiver.requests) == 5

    def test_the_one_that_waited_longest_comes_first(
        self, hook: Hook, receiver: Receiver, remember: Remember, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "TURN_SECONDS", 0.0001)
        for name in ("a", "b"):
            hook("memory_add", url=f"{receiver.url}/{name}")
        for number in range(3):
            remember(f"I like drink {number}")
        receiver.script(*[Reply(delay=0.01)] * 6)
        send_all()
        assert [request.path[-1] for request in receiver.requests] == ["a", "b"] * 3

    def test_senders_leave_half_of_the_threads_to_ingestion(
        self, hook: Hook, remember: Remember, settings: Any
    ) -> None:
        settings.WORKER_CONCURRENCY = 4
        for _ in range(5):
            hook("memory_add")
        remember("I like tea")
        assert [Webhook.objects.claim() is not None for _ in range(4)] == [True, True, False, False]
        later(minutes=2)
        assert Webhook.objects.claim() is not None, "A dead worker's lease runs out."

    def test_with_one_thread_there_is_still_one_sender(self, hook: Hook, remember: Remember, settings: Any) -> None:
        settings.WORKER_CONCURRENCY = 1
        hook("memory_add")
        remember("I like tea")
        assert Webhook.objects.claim() is not None


@pytest.mark.django_db(transaction=True)
class TestSeveralSenders:
    @pytest.fixture
    def many(self, hook: Hook, remember: Remember) -> None:
        hook("memory_add")
        for number in range(10):
            remember(f"I like drink {number}")

    def test_each_delivery_is_sent_once(self, many: None, receiver: Receiver) -> None:
        def work(_number: int) -> None:
            try:
                send_waiting()
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(8)))
        assert len(receiver.requests) == 10
        assert len({request.id for request in receiver.requests}) == 10
        assert not WebhookDelivery.objects.exclude(status="SUCCEEDED", attempts=1).exists()

    def test_nothing_is_locked_while_the_receiver_thinks(
        self, hook: Hook, receiver: Receiver, remember: Remember, alice: User, alice_project: Project
    ) -> None:
        """Memories change, and the webhook itself, while one of its deliveries is under way."""
        webhook = hook("memory_add")
        receiver.script(Reply(delay=2))
        remember("I like tea")

        def work() -> None:
            send_waiting()
            connection.close()

        sender = threading.Thread(target=work)
        sender.start()
        while not receiver.requests:
            time.sleep(0.01)
        began = time.monotonic()
        remember("I like coffee")
        disable_webhook(webhook=webhook, actor=ALICE)
        enable_webhook(webhook=webhook, actor=ALICE)
        create_webhook(project=alice_project, name="x", url=receiver.url, event_types=["memory_add"], actor=ALICE)
        assert time.monotonic() - began < 1
        sender.join()
        assert WebhookDelivery.objects.filter(status="SUCCEEDED").count() == 2

    def test_a_sender_that_comes_back_late_writes_nothing(self, many: None, receiver: Receiver) -> None:
        webhook = Webhook.objects.get()
        first = WebhookDelivery.objects.claim_next(webhook)
        assert first is not None
        WebhookDelivery.objects.filter(pk=first.pk).update(attempts=5, available_at=timezone.now() + timedelta(days=1))
        sending.note_outcome(first, sending.Outcome(duration=1, status=500))
        first.refresh_from_db()
        assert (first.attempts, first.answer_status) == (5, None)

    def test_a_webhook_deleted_while_it_is_sent_to(self, many: None, receiver: Receiver) -> None:
        webhook = Webhook.objects.get()
        delivery = WebhookDelivery.objects.claim_next(webhook)
        assert delivery is not None
        webhook.delete()
        assert sending.note_outcome(delivery, sending.Outcome(duration=1, status=200))
