"""What webhooks are told: each change once, in the transaction that makes it, and only where it belongs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import Project, User
from accounts.principal import Principal
from memories.models import EndUser, Event, Memory, Webhook, WebhookDelivery
from memories.models.memory import MemoryQuerySet
from memories.services.changes import Actor
from memories.services.forgetting import erase_entity, forget, restore
from memories.services.ingest import ingest
from memories.services.record import Conversation, Said, record
from memories.services.review import Decision, Verdict, decide
from memories.services.revise import Revision, revise
from memories.services.rules import add_rule
from memories.services.undo import undo_last
from memories.services.webhooks.setup import delete_webhook, disable_webhook
from tests.conftest import Remember
from tests.extraction.replies import statements_of_users
from tests.providers.wire import OpenAIWire, error
from tests.webhooks.conftest import Hook

ALICE = Actor(label="alice")


def told() -> list[tuple[str, dict[str, Any]]]:
    """Everything told so far, in order: its type, and the details of its body."""
    rows = WebhookDelivery.objects.order_by("created_at", "pk")
    return [(row.event_type, row.payload["event_details"]) for row in rows]


def told_of(event_type: str) -> list[dict[str, Any]]:
    return [details for kind, details in told() if kind == event_type]


def these(*memories: Memory) -> MemoryQuerySet:
    return Memory.objects.filter(pk__in=[memory.pk for memory in memories])


def tell(user: User, project: Project, *texts: str) -> Event:
    said = [Said(role="user", text=text) for text in texts]
    conversation = Conversation(said=said, entities={"user_id": "ann"})
    return record(principal=Principal(user=user), project=project, conversation=conversation)


@pytest.fixture
def wire(settings: Any) -> Iterator[OpenAIWire]:
    with OpenAIWire() as wire:
        wire.reply_with(statements_of_users)
        options = {"base_url": wire.url, "api_key": "sk-test", "model": "gpt-test", "timeout": 1.0}
        chat_model = {"BACKEND": "providers.openai_chat.OpenAIChat", "OPTIONS": options}
        settings.PROVIDERS = {**settings.PROVIDERS, "chat": chat_model}
        yield wire


@pytest.mark.django_db
class TestMemories:
    def test_each_change_is_told_as_mem0_tells_it(self, hook: Hook, remember: Remember) -> None:
        hook("memory_add", "memory_update", "memory_delete")
        memory = remember("I like tea")
        revise(memory=memory, revision=Revision(text="I like coffee"), actor=ALICE)
        forget(memories=these(memory), actor=ALICE)
        restore(memories=these(memory), actor=ALICE)
        key = str(memory.pk)
        assert told() == [
            ("memory_add", {"id": key, "data": {"memory": "I like tea"}, "event": "ADD"}),
            ("memory_update", {"id": key, "data": {"memory": "I like coffee"}, "event": "UPDATE"}),
            ("memory_delete", {"id": key, "data": {"memory": "I like coffee"}, "event": "DELETE"}),
            ("memory_add", {"id": key, "data": {"memory": "I like coffee"}, "event": "ADD"}),
        ]

    def test_what_awaits_review_is_told_of_once_it_is_approved(
        self, hook: Hook, remember: Remember, alice_project: Project
    ) -> None:
        hook("memory_add", "memory_update", "memory_delete", "memory_categorize")
        add_rule(project=alice_project, actor=ALICE, outcome="review")
        kept, refused = remember("I like tea"), remember("I like rice")
        revise(memory=kept, revision=Revision(categories=["food"]), actor=ALICE)
        assert told() == []
        decide(decisions=[Decision(kept, Verdict.APPROVE), Decision(refused, Verdict.REJECT)], actor=ALICE)
        assert [(kind, details.get("id", details.get("memory_id"))) for kind, details in told()] == [
            ("memory_add", str(kept.pk)),
            ("memory_categorize", str(kept.pk)),
        ]

    def test_undoing_a_creation_is_told_as_a_deletion(self, hook: Hook, remember: Remember) -> None:
        hook("memory_add", "memory_delete")
        memory = undo_last(memory=remember("I like tea"), actor=ALICE)
        undo_last(memory=memory, actor=ALICE)
        assert [kind for kind, _ in told()] == ["memory_add", "memory_delete", "memory_add"]

    def test_categories_are_told_when_they_change(self, hook: Hook, remember: Remember) -> None:
        hook("memory_categorize")
        memory = remember("I like tea")
        assert told() == []
        revise(memory=memory, revision=Revision(categories=["food"]), actor=ALICE)
        revise(memory=memory, revision=Revision(text="I like green tea"), actor=ALICE)
        forget(memories=these(memory), actor=ALICE)
        restore(memories=these(memory), actor=ALICE)
        expected = {"event": "CATEGORIZE", "memory_id": str(memory.pk), "categories": ["food"]}
        assert told() == [("memory_categorize", expected)]

    def test_a_new_memorys_categories_are_told(self, hook: Hook, alice: User, alice_project: Project) -> None:
        hook("memory_categorize")
        ingest(tell(alice, alice_project, "I am allergic to peanuts.").pk)
        memory = Memory.objects.get()
        assert memory.categories
        [details] = told_of("memory_categorize")
        assert details["categories"] == memory.categories

    def test_what_changes_nothing_is_not_told(self, hook: Hook, remember: Remember) -> None:
        memory = remember("I like tea")
        hook()
        revise(memory=memory, revision=Revision(text="I like tea"), actor=ALICE)
        forget(memories=these(memory), actor=ALICE)
        before = len(told())
        forget(memories=these(memory), actor=ALICE)
        assert len(told()) == before == 1

    def test_what_is_undone_is_not_told(self, hook: Hook, remember: Remember) -> None:
        hook()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            remember("I like tea")
            raise ZeroDivisionError
        assert told() == []

    def test_every_webhook_gets_what_it_asked_for_and_no_other_project_gets_any(
        self, hook: Hook, remember: Remember, charlie: User
    ) -> None:
        adds, deletes, disabled = hook("memory_add"), hook("memory_delete"), hook("memory_add")
        disable_webhook(webhook=disabled, actor=ALICE)
        charlies_project = Project.objects.get(organization__memberships__user=charlie)
        strangers = hook("memory_add", project=charlies_project)
        forget(memories=these(remember("I like tea")), actor=ALICE)
        assert [row.event_type for row in adds.deliveries.all()] == ["memory_add"]
        assert [row.event_type for row in deletes.deliveries.all()] == ["memory_delete"]
        assert not disabled.deliveries.exists()
        assert not strangers.deliveries.exists()
        remember("I like gin", project=charlies_project, user=charlie)
        assert strangers.deliveries.count() == 1
        assert adds.deliveries.count() == 1

    def test_many_changes_take_as_many_statements_as_one(
        self, hook: Hook, remember: Remember, django_assert_max_num_queries: Any
    ) -> None:
        hook()
        memories = [remember(f"I like drink {number}") for number in range(20)]
        with django_assert_max_num_queries(11):
            forget(memories=these(*memories), actor=ALICE)
        assert len(told_of("memory_delete")) == 20


@pytest.mark.django_db
class TestJobs:
    def test_success(self, hook: Hook, alice: User, alice_project: Project) -> None:
        hook("ingest_job_completed")
        event = tell(alice, alice_project, "I am allergic to peanuts.")
        assert told() == []
        ingest(event.pk)
        details = {
            "id": str(event.pk),
            "event": "INGEST_JOB_COMPLETED",
            "status": "SUCCEEDED",
            "memory_ids": [str(Memory.objects.get().pk)],
            "refused": 0,
        }
        assert told() == [("ingest_job_completed", details)]

    def test_success_in_part(self, hook: Hook, alice: User, alice_project: Project, wire: OpenAIWire) -> None:
        hook("ingest_job_completed", "ingest_job_partially_completed")
        wire.reply_with(lambda request: statements_of_users(request, extra="Carol owns a yacht in Monaco."))
        ingest(tell(alice, alice_project, "I am allergic to peanuts.").pk)
        [(kind, details)] = told()
        assert (kind, details["refused"], len(details["memory_ids"])) == ("ingest_job_partially_completed", 1, 1)

    def test_failure_is_told_when_it_is_final(
        self, hook: Hook, alice: User, alice_project: Project, wire: OpenAIWire
    ) -> None:
        hook("ingest_job_failed")
        event = tell(alice, alice_project, "I am allergic to peanuts.")
        wire.script(error(500, "oops"))
        ingest(event.pk)
        assert told() == [], "It is tried again."
        Event.objects.update(available_at=event.created_at)
        wire.script(error(401, "wrong key"))
        ingest(event.pk)
        [(_kind, details)] = told()
        assert (details["event"], details["status"]) == ("INGEST_JOB_FAILED", "FAILED")
        assert details["error_code"] == "ProviderRejected"

    def test_a_job_erased_before_it_was_done_is_cancelled(
        self, hook: Hook, alice: User, alice_project: Project
    ) -> None:
        hook("ingest_job_cancelled")
        ingest(tell(alice, alice_project, "I am allergic to peanuts.").pk)
        waiting = tell(alice, alice_project, "I moved to Osaka.")
        erase_entity(entity=EndUser.objects.get(), actor=ALICE)
        details = {"id": str(waiting.pk), "event": "INGEST_JOB_CANCELLED", "status": "CANCELLED"}
        assert told() == [("ingest_job_cancelled", details)]


@pytest.mark.django_db(transaction=True)
def test_deleting_a_webhook_does_not_undo_what_it_is_being_told_of(hook: Hook, remember: Remember) -> None:
    webhook = hook("memory_add")
    deleted = threading.Event()

    def delete() -> None:
        delete_webhook(webhook=webhook, actor=ALICE)
        connection.close()
        deleted.set()

    thread = threading.Thread(target=delete)
    with transaction.atomic():
        memory = remember("I like tea")
        thread.start()
        assert not deleted.wait(0.5), "It waits for the change to end."
    thread.join()
    assert Memory.objects.filter(pk=memory.pk).exists()
    assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()
