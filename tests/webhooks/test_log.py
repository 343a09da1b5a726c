"""The log forgets: what is erased at once, everything in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from memories.models import EndUser, Memory, Webhook, WebhookDelivery
from memories.services.changes import Actor
from memories.services.forgetting import empty_trash, erase_entity, forget, purge
from memories.services.revise import Revision, revise
from memories.services.webhooks import sending
from memories.services.webhooks.log import NothingToReplay, purge_log, replay
from memories.services.webhooks.setup import disable_webhook
from memories.services.webhooks.telling import send_test
from memories.tasks import purge_webhook_log
from tests.conftest import Remember
from tests.webhooks.conftest import Hook, later, send_all
from tests.webhooks.receiver import Receiver, Reply

ALICE = Actor(label="alice")
SECRET = "pomegranate"


def everything_kept() -> str:
    """All that the log holds, as one text."""
    return str(list(WebhookDelivery.objects.values()))


def of(*memories: Memory) -> Any:
    return Memory.objects.filter(pk__in=[memory.pk for memory in memories])


@pytest.mark.django_db
class TestErasure:
    def test_nothing_of_a_purged_memory_stays_not_even_the_receivers_echo(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        hook("memory_add", "memory_update", "memory_delete", "memory_categorize")
        receiver.script(*[Reply(200, f"I heard of {SECRET}".encode())] * 4)
        memory = remember(f"I like {SECRET}")
        revise(memory=memory, revision=Revision(text=f"I hate {SECRET}", categories=[SECRET]), actor=ALICE)
        forget(memories=of(memory), actor=ALICE)
        send_all()
        assert everything_kept().count(SECRET) >= 8
        WebhookDelivery.objects.filter(event_type="memory_update").update(status="PENDING")
        purge(memories=of(memory), actor=ALICE)
        assert SECRET not in everything_kept()
        assert {row.event_type: row.status for row in WebhookDelivery.objects.all()} == {
            "memory_add": "SUCCEEDED",
            "memory_update": "CANCELLED",
            "memory_categorize": "SUCCEEDED",
            "memory_delete": "SUCCEEDED",
        }

    def test_the_news_of_a_deletion_is_still_sent_without_the_words(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        webhook = hook("memory_add", "memory_delete")
        memory = remember(f"I like {SECRET}")
        forget(memories=of(memory), actor=ALICE)
        purge(memories=of(memory), actor=ALICE)
        send_all()
        nothing = {"id": str(memory.pk), "data": {"memory": ""}, "event": "DELETE"}
        assert receiver.verified(webhook.secret) == [{"event_details": nothing}]

    def test_erasing_a_person_tells_of_each_memory_once_without_words(
        self, hook: Hook, receiver: Receiver, remember: Remember
    ) -> None:
        webhook = hook("memory_delete")
        kept, trashed, others = remember(f"I like {SECRET}"), remember("I like tea"), remember("I sing", "zoe")
        forget(memories=of(trashed), actor=ALICE)
        erase_entity(entity=EndUser.objects.get(name="ann"), actor=ALICE)
        send_all()
        assert SECRET not in everything_kept()
        ids = sorted(body["event_details"]["id"] for body in receiver.verified(webhook.secret))
        assert ids == sorted([str(kept.pk), str(trashed.pk)])
        assert {body["data"]["memory"] for body in receiver.told} == {""}
        assert str(others.pk) not in ids

    def test_a_persons_jobs_go_from_the_log_too(self, hook: Hook, remember: Remember) -> None:
        hook("ingest_job_completed")
        remember("I like tea")
        erase_entity(entity=EndUser.objects.get(), actor=ALICE)
        delivery = WebhookDelivery.objects.get()
        assert (delivery.payload, delivery.status) == (None, "CANCELLED")

    def test_the_trash_takes_its_news_along(self, hook: Hook, remember: Remember, settings: Any) -> None:
        hook("memory_add")
        memory = remember(f"I like {SECRET}")
        forget(memories=of(memory), actor=ALICE)
        past = timezone.now() - timedelta(days=settings.TRASH_DAYS + 1)
        Memory.objects.update(deleted_at=past)
        assert SECRET in everything_kept()
        empty_trash()
        assert SECRET not in everything_kept()

    def test_erased_while_under_way(self, hook: Hook, remember: Remember) -> None:
        """The receiver's answer comes after the memory is gone: it isn't kept, and nothing is tried again."""
        webhook = hook("memory_add")
        memory = remember(f"I like {SECRET}")
        under_way = WebhookDelivery.objects.claim_next(webhook)
        assert under_way is not None
        purge(memories=of(memory), actor=ALICE)
        sending.note_outcome(under_way, sending.Outcome(duration=1, status=500, answer=f"what {SECRET}?"))
        assert SECRET not in everything_kept()
        assert WebhookDelivery.objects.get().status == "CANCELLED"

    def test_other_memories_news_stays(self, hook: Hook, remember: Remember) -> None:
        hook("memory_add")
        gone, kept = remember("I like tea"), remember("I like coffee")
        purge(memories=of(gone), actor=ALICE)
        delivery = WebhookDelivery.objects.get(object_id=kept.pk)
        assert delivery.payload["event_details"]["data"] == {"memory": "I like coffee"}
        assert delivery.status == "PENDING"

    def test_what_is_erased_is_not_replayed(self, hook: Hook, remember: Remember) -> None:
        hook("memory_add")
        memory = remember("I like tea")
        send_all()
        purge(memories=of(memory), actor=ALICE)
        with pytest.raises(NothingToReplay, match="erased"):
            replay(WebhookDelivery.objects.get())


@pytest.mark.django_db
class TestAge:
    def test_old_entries_go_but_not_what_is_still_to_be_sent(
        self, hook: Hook, receiver: Receiver, remember: Remember, settings: Any
    ) -> None:
        webhook = hook("memory_add")
        send_test(webhook)
        send_all()
        remember("I like tea")
        later(days=settings.WEBHOOK_LOG_DAYS - 1)
        assert purge_log() == 0
        later(days=2)
        purge_webhook_log()
        assert WebhookDelivery.objects.get().event_type == "memory_add"
        disable_webhook(webhook=Webhook.objects.get(), actor=ALICE)
        assert purge_log() == 1

    def test_the_days_are_the_operators_choice(self, hook: Hook, remember: Remember, settings: Any) -> None:
        settings.WEBHOOK_LOG_DAYS = 2
        hook("memory_add")
        remember("I like tea")
        send_all()
        later(days=3)
        assert purge_log() == 1
