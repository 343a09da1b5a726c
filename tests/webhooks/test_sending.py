"""What arrives at a receiver, and what becomes of it when the receiver is in trouble."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.utils import timezone
from django.utils.http import http_date
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from memories.models import WebhookDelivery
from memories.services.changes import Actor
from memories.services.webhooks import sending
from memories.services.webhooks.outcome import RETRY_SECONDS
from memories.services.webhooks.sending import send_waiting
from memories.services.webhooks.setup import disable_webhook, enable_webhook, rotate_secret
from memories.services.webhooks.telling import send_test
from tests.conftest import Remember
from tests.webhooks.conftest import Hook, later, only, send_all, wait_of
from tests.webhooks.receiver import Receiver, Reply

SUCCEEDED, PENDING, FAILED = "SUCCEEDED", "PENDING", "FAILED"
ALICE = Actor(label="alice")


@pytest.mark.django_db
class TestWhatArrives:
    def test_the_body_is_mem0s_and_the_signature_holds(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        webhook = hook("memory_add")
        memory = remember("我喜欢抹茶 and “tea”")
        send_all()
        assert receiver.verified(webhook.secret) == [
            {"event_details": {"id": str(memory.pk), "data": {"memory": "我喜欢抹茶 and “tea”"}, "event": "ADD"}}
        ]
        request = receiver.requests[0]
        assert request.path == "/hook"
        assert request.headers["content-type"] == "application/json"
        assert abs(int(request.headers["webhook-timestamp"]) - time.time()) < 5
        assert request.id == str(only().pk)

    def test_another_secret_or_another_body_is_found_out(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        webhook, other = hook("memory_add"), hook("memory_delete")
        remember("I like tea")
        send_all()
        [request] = receiver.requests
        with pytest.raises(WebhookVerificationError):
            Verifier(other.secret).verify(request.body, request.headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(webhook.secret).verify(request.body.replace(b"tea", b"gin"), request.headers)

    def test_the_log_keeps_the_answer_its_beginning_at_least(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        hook("memory_add")
        receiver.script(Reply(202, b"taken\x00\xff" + b"x" * 5000))
        remember("I like tea")
        send_all()
        delivery = only()
        assert (delivery.status, delivery.answer_status, delivery.attempts) == (SUCCEEDED, 202, 1)
        assert delivery.answer.startswith("taken\ufffd\ufffdxxx")
        assert len(delivery.answer) == 1024
        assert delivery.error == ""
        assert delivery.duration is not None
        assert delivery.attempted_at is not None

    def test_after_a_rotation_both_secrets_verify_for_a_day(self, hook: Hook, receiver: Receiver) -> None:
        webhook = hook()
        new = rotate_secret(webhook=webhook, actor=ALICE)
        send_test(webhook)
        send_all()
        assert receiver.verified(webhook.secret) == receiver.verified(new)
        later(days=1)
        send_test(webhook)
        send_all()
        last = receiver.requests[-1]
        Verifier(new).verify(last.body, last.headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(webhook.secret).verify(last.body, last.headers)

    def test_a_test_says_so(self, hook: Hook, receiver: Receiver) -> None:
        webhook = hook("memory_delete")
        send_test(webhook)
        send_all()
        [told] = receiver.verified(webhook.secret)
        assert told["event_details"]["event"] == "PING"
        assert only().status == SUCCEEDED


@pytest.mark.django_db
class TestRetries:
    def test_it_is_tried_again_until_it_gets_through_under_the_same_id(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        webhook = hook("memory_add")
        receiver.script(Reply(500, b"oh no"), Reply(503))
        remember("I like tea")
        send_all()
        delivery = only()
        assert (delivery.status, delivery.answer_status, delivery.answer) == (PENDING, 500, "oh no")
        assert delivery.error == "It answered 500."
        assert 4 < wait_of(delivery) <= 5.5
        later(seconds=6)
        send_all()
        assert 299 < wait_of(only()) <= 330
        later(minutes=6)
        send_all()
        delivery = only()
        assert (delivery.status, delivery.attempts, delivery.answer_status) == (SUCCEEDED, 3, 200)
        assert len({request.id for request in receiver.requests}) == 1
        assert len(receiver.verified(webhook.secret)) == 3
        webhook.refresh_from_db()
        assert (webhook.failures, webhook.failing_since, webhook.paused_until) == (0, None, None)

    def test_it_is_not_sent_before_its_time(self, hook: Hook, receiver: Receiver, remember: Remember) -> None:
        hook("memory_add")
        receiver.script(Reply(500))
        remember("I like tea")
        send_all()
        later(seconds=3)
        send_waiting()
        assert len(receiver.requests) == 1

    def test_after_a_day_it_is_given_up(self, hook: Hook, receiver: Receiver, remember: Remember) -> None:
        hook("memory_add")
        receiver.script(*[Reply(500)] * 20)
        remember("I like tea")
        waits = []
        for _ in RETRY_SECONDS:
            send_all()
            waits.append(wait_of(only()))
            later(seconds=waits[-1] + 1)
        send_all()
        delivery = only()
        assert (delivery.status, delivery.attempts) == (FAILED, 8)
        assert all(wanted - 1 < wait <= wanted * 1.1 for wanted, wait in zip(RETRY_SECONDS, waits, strict=True))
        assert sum(RETRY_SECONDS) > 24 * 3600
        later(days=3)
        send_all()
        assert len(receiver.requests) == 8

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [
            ("120", 120),
            ("in ten minutes", 600),
            ("999999999999", 86400),
            ("1", 5),
            ("-5", 5),
            ("soon", 5),
            (http_date(0), 5),
        ],
    )
    def test_a_receiver_may_ask_for_a_longer_wait(
        self, hook: Hook, receiver: Receiver, remember: Remember, header: str, seconds: int
    ) -> None:
        webhook = hook("memory_add")
        if header == "in ten minutes":
            header = http_date(time.time() + seconds)
        receiver.script(Reply(429, headers={"Retry-After": header}))
        remember("I like tea")
        send_all()
        assert seconds - 60 < wait_of(only()) <= seconds * 1.1 + 1
        webhook.refresh_from_db()
        assert webhook.paused_until is not None
        assert (webhook.paused_until - timezone.now()).total_seconds() > seconds - 60

    def test_no_answer_in_time(
        self, hook: Hook, receiver: Receiver, remember: Remember, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.3)
        hook("memory_add")
        receiver.script(Reply(delay=5))
        remember("I like tea")
        began = time.monotonic()
        send_all()
        assert time.monotonic() - began < 3
        delivery = only()
        assert (delivery.status, delivery.answer_status) == (PENDING, None)
        assert "no answer within 0.3 seconds" in delivery.error

    def test_an_answer_that_trickles_does_not_hold_the_sender(
        self, hook: Hook, receiver: Receiver, remember: Remember, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each byte comes in time; all of them would take minutes."""
        monkeypatch.setattr(sending, "ANSWER_SECONDS", 0.5)
        hook("memory_add")
        receiver.script(Reply(200, b"x" * 1000, drip=0.2))
        remember("I like tea")
        began = time.monotonic()
        send_all()
        assert time.monotonic() - began < 3
        assert only().status == SUCCEEDED

    def test_nobody_there(self, hook: Hook, remember: Remember) -> None:
        hook("memory_add", url="http://127.0.0.1:1/")
        remember("I like tea")
        send_all()
        delivery = only()
        assert delivery.status == PENDING
        assert delivery.error.startswith("There was no answer")


@pytest.mark.django_db
class TestWhereNothingIsSent:
    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_redirects_are_failures(self, hook: Hook, receiver: Receiver, remember: Remember, status: int) -> None:
        hook("memory_add")
        receiver.script(Reply(status, headers={"Location": "http://169.254.169.254/latest/meta-data/"}))
        remember("I like tea")
        send_all()
        delivery = only()
        assert (delivery.status, delivery.answer_status) == (PENDING, status)
        assert "Redirects are not followed" in delivery.error
        assert len(receiver.requests) == 1

    def test_the_address_is_checked_when_it_is_asked(
        self, hook: Hook, receiver: Receiver, remember: Remember, settings: Any
    ) -> None:
        """It was allowed when the webhook was set up, or a name led elsewhere then."""
        hook("memory_add")
        settings.OUTBOUND_ALLOWED_NETWORKS = []
        remember("I like tea")
        send_all()
        delivery = only()
        assert delivery.status == PENDING
        assert "OUTBOUND_ALLOWED_NETWORKS" in delivery.error
        assert receiver.requests == []

    def test_gone_disables(self, hook: Hook, receiver: Receiver, remember: Remember) -> None:
        webhook = hook("memory_add")
        receiver.script(Reply(410))
        remember("I like tea")
        remember("I like coffee")
        send_all()
        webhook.refresh_from_db()
        assert webhook.disabled_because == "gone"
        assert sorted(WebhookDelivery.objects.values_list("status", flat=True)) == [FAILED, PENDING]
        remember("I like cocoa")
        later(days=1)
        send_all()
        assert len(receiver.requests) == 1
        assert WebhookDelivery.objects.count() == 2

    def test_somebody_enables_it_again_and_what_waited_is_sent(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        webhook = hook("memory_add")
        receiver.script(Reply(500))
        remember("I like tea")
        send_all()
        disable_webhook(webhook=webhook, actor=ALICE)
        later(days=2)
        send_all()
        assert len(receiver.requests) == 1
        enable_webhook(webhook=webhook, actor=ALICE)
        send_all()
        assert only().status == SUCCEEDED
        webhook.refresh_from_db()
        assert webhook.is_active

    def test_failing_for_days_disables(self, hook: Hook, receiver: Receiver, remember: Remember) -> None:
        webhook = hook("memory_add")
        receiver.script(*[Reply(500)] * 100)
        remember("I like tea")
        for _ in range(8):
            send_all()
            later(hours=11)
        assert only().status == FAILED
        later(days=3)
        remember("I like coffee")
        send_all()
        webhook.refresh_from_db()
        assert webhook.is_active, "Eight failures of one delivery and one more are not days of failing."
        for number in range(12):
            remember(f"I like drink {number}")
            send_all()
            later(minutes=10)
        webhook.refresh_from_db()
        assert webhook.disabled_because == "failing"

    def test_one_success_starts_the_count_anew(self, hook: Hook, receiver: Receiver, remember: Remember) -> None:
        webhook = hook("memory_add")
        receiver.script(*[Reply(500)] * 7, Reply(200), *[Reply(500)] * 15)
        for number in range(20):
            remember(f"I like drink {number}")
            send_all()
            later(days=1)
        webhook.refresh_from_db()
        assert webhook.is_active
