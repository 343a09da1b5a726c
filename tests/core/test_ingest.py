"""From an event to its memories: once, whole, or with a visible reason."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.ingestion import steps
from memories.models import Event, Memory, MemoryVector, MemoryVersion, Message
from memories.services import ingest as ingesting
from memories.services.ingest import ingest, retry
from memories.services.record import Conversation, Said, record
from tests.extraction.replies import statements_of_users
from tests.providers.wire import OpenAIWire, chat, error

SAID_AT = datetime(2023, 5, 8, 13, 56, tzinfo=UTC)


def tell(user: User, *texts: str, **more: Any) -> Event:
    """Record what a user said, one turn each."""
    entities = more.pop("entities", {"user_id": "ann"})
    said = [Said(role="user", text=text) for text in texts]
    conversation = Conversation(said=said, entities=entities, said_at=SAID_AT, **more)
    return record(principal=Principal(user=user), project=personal_project(user=user), conversation=conversation)


def test_what_is_kept_as_it_is_was_done_once_and_took_its_time(alice: User) -> None:
    event = tell(alice, "I keep bees.", infer=False)
    assert outcome(event) == (Event.Status.SUCCEEDED, 1, "")
    assert event.created_at == event.started_at
    assert event.latency is not None and 0 < event.latency < 60_000
    assert texts() == ["I keep bees."]


def outcome(event: Event) -> tuple[str, int, str]:
    event.refresh_from_db()
    return event.status, event.attempts, event.error_code


def texts() -> list[str]:
    return sorted(Memory.objects.values_list("text", flat=True))


@pytest.fixture
def wire(settings: Any) -> Iterator[OpenAIWire]:
    """A language model on the local wire."""
    with OpenAIWire() as wire:
        wire.reply_with(statements_of_users)
        options = {"base_url": wire.url, "api_key": "sk-test", "model": "gpt-test", "timeout": 1.0}
        chat_model = {"BACKEND": "providers.openai_chat.OpenAIChat", "OPTIONS": options}
        settings.PROVIDERS = {**settings.PROVIDERS, "chat": chat_model}
        yield wire


@pytest.mark.django_db
class TestWithoutALanguageModel:
    def test_statements_are_kept_word_for_word_with_their_source_and_date(self, alice: User) -> None:
        event = tell(alice, "Hello!", "I am allergic to peanuts. How are you?")
        assert event.status == Event.Status.PENDING
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 1, "")
        memory = Memory.objects.get()
        assert memory.text == "I am allergic to peanuts."
        assert memory.said_at == SAID_AT
        assert memory.sources.get().text == "I am allergic to peanuts. How are you?"
        assert memory.versions.get().event == event

    def test_every_turn_is_kept_whatever_is_extracted(self, alice: User) -> None:
        said = [
            Said(role="system", text="Be kind."),
            Said(role="user", text="hi", speaker="Ann"),
            Said(role="assistant", text="You love celery.", said_at=SAID_AT + timedelta(minutes=1)),
        ]
        conversation = Conversation(said=said, entities={"user_id": "ann", "run_id": "r1"}, said_at=SAID_AT)
        event = record(
            principal=Principal(user=alice), project=personal_project(user=alice), conversation=conversation
        )
        ingest(event.pk)
        kept = [(m.position, m.role, m.speaker, m.text, m.said_at, m.run.name) for m in event.messages.all()]
        assert kept == [
            (0, "system", "", "Be kind.", SAID_AT, "r1"),
            (1, "user", "Ann", "hi", SAID_AT, "r1"),
            (2, "assistant", "", "You love celery.", SAID_AT + timedelta(minutes=1), "r1"),
        ]
        assert texts() == []

    def test_the_same_words_again_become_further_evidence(self, alice: User) -> None:
        for _ in range(2):
            ingest(tell(alice, "I am allergic to peanuts.").pk)
        memory = Memory.objects.get()
        assert memory.sources.count() == 2
        assert memory.versions.count() == 1
        assert MemoryVector.objects.count() == 1

    def test_another_person_or_run_has_a_memory_of_its_own(self, alice: User) -> None:
        for entities in ({"user_id": "ann"}, {"user_id": "ben"}, {"user_id": "ann", "run_id": "r"}):
            ingest(tell(alice, "I am allergic to peanuts.", entities=entities).pk)
        assert Memory.objects.count() == 3

    def test_being_told_twice_does_no_harm(self, alice: User) -> None:
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 1, "")
        assert texts() == ["I keep bees."]

    def test_an_unknown_event_is_nobodys(self, db: None) -> None:
        ingest("00000000-0000-4000-8000-000000000000")
        assert not Event.objects.exists()

    def test_recording_under_the_same_import_key_is_one_event(self, alice: User) -> None:
        first = tell(alice, "I keep bees.", import_key="k")
        assert tell(alice, "I keep bees.", import_key="k") == first
        assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
class TestManyAtOnce:
    def in_threads(self, calls: list[Any]) -> None:
        def run(call: Any) -> None:
            try:
                call()
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(run, calls))

    def test_eight_workers_told_of_one_event_write_it_once(self, alice: User) -> None:
        event = tell(alice, "I keep bees. I sold my car.")
        self.in_threads([lambda: ingest(event.pk)] * 8)
        assert outcome(event) == ("SUCCEEDED", 1, "")
        assert texts() == ["I keep bees.", "I sold my car."]

    def test_eight_events_with_the_same_words_make_one_memory_with_eight_sources(self, alice: User) -> None:
        events = [tell(alice, "I keep bees.") for _ in range(8)]
        self.in_threads([lambda event=event: ingest(event.pk) for event in events])
        assert [outcome(event)[0] for event in events] == ["SUCCEEDED"] * 8
        assert Memory.objects.get().sources.count() == 8

    def test_a_worker_that_lost_its_lease_writes_nothing(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        event = tell(alice, "I keep bees.")

        def overtaken(work: Any) -> None:
            # Meanwhile the lease has run out and another worker has done the job.
            Event.objects.filter(pk=event.pk).update(leased_until=timezone.now() - timedelta(seconds=1))
            monkeypatch.undo()
            ingest(event.pk)
            steps.extract(work)

        monkeypatch.setattr(steps, "extract", overtaken)
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 2, "")
        assert Memory.objects.count() == MemoryVersion.objects.count() == 1

    def test_the_lease_is_kept_while_a_slow_model_answers(self, alice: User, wire: OpenAIWire) -> None:
        django_settings.PROVIDERS["chat"]["OPTIONS"]["timeout"] = 10.0
        wire.script(chat({"statements": []}, delay=django_settings.EVENT_LEASE_SECONDS * 1.6))
        event = tell(alice, "I keep bees.")
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(lambda: (ingest(event.pk), connection.close()))
            while not first.done():
                time.sleep(0.05)
                assert not wire.chats or Event.objects.claim(event.pk) is None
            first.result()
        assert outcome(event) == ("SUCCEEDED", 1, "")

    def test_a_failure_while_writing_leaves_nothing_behind(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        event = tell(alice, "I keep bees.")

        def fail_late(work: Any) -> None:
            write(work)
            raise RuntimeError("the disk is full")

        write = ingesting.write
        monkeypatch.setattr(ingesting, "write", fail_late)
        ingest(event.pk)
        assert outcome(event) == ("PENDING", 1, "internal_error")
        event.refresh_from_db()
        assert "the disk is full" in event.error
        assert not Memory.objects.exists()
        assert not AuditEntry.objects.exists()
        assert Message.objects.count() == 1

    def test_no_model_is_called_inside_a_transaction(self, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[bool] = []
        for name in ("extract", "embed"):
            step = getattr(steps, name)
            monkeypatch.setattr(
                steps, name, lambda work, step=step: (seen.append(connection.in_atomic_block), step(work))
            )
        ingest(tell(alice, "I keep bees.").pk)
        assert seen == [False, False]


@pytest.mark.django_db(transaction=True)
class TestWithALanguageModel:
    def test_one_call_and_what_it_cost(self, alice: User, wire: OpenAIWire) -> None:
        event = tell(alice, "I keep bees.", "I sold my car.")
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 1, "")
        assert len(wire.chats) == 1
        assert (event.model, event.input_tokens, event.output_tokens) == ("wire-model-1", 11, 7)
        assert texts() == ["I keep bees.", "I sold my car."]
        assert Memory.objects.first().versions.get().actor == event.extractor

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (chat("This is not JSON"), "ProviderInvalidOutput"),
            (chat({"wrong": 1}), "ProviderInvalidOutput"),
            (error(500, "Oops."), "ProviderUnavailable"),
            (chat({}, dropped=True), "ProviderUnavailable"),
            (chat({}, delay=3), "ProviderTimeout"),
        ],
        ids=["no JSON", "wrong shape", "500", "dropped", "time-out"],
    )
    def test_what_may_pass_waits_and_succeeds_later(
        self, alice: User, wire: OpenAIWire, answer: Any, code: str
    ) -> None:
        wire.script(answer)
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        assert outcome(event) == ("PENDING", 1, code)
        assert event.available_at > timezone.now()
        assert event.error
        ingest(event.pk)
        assert outcome(event)[1] == 1, "it is not due yet"
        Event.objects.update(available_at=timezone.now())
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 2, "")
        assert texts() == ["I keep bees."]

    @pytest.mark.parametrize(("asked", "waits"), [(120, 120), (7200, 7200), (900_000, 86_400)])
    def test_it_waits_as_long_as_the_provider_asks_within_reason(
        self, alice: User, wire: OpenAIWire, asked: int, waits: int
    ) -> None:
        wire.script(error(429, "Slow down.", headers={"Retry-After": str(asked)}))
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        assert outcome(event) == ("PENDING", 1, "ProviderRateLimited")
        assert timedelta(seconds=waits - 20) < event.available_at - timezone.now() <= timedelta(seconds=waits)

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (error(401, "Incorrect API key."), "ProviderRejected"),
            (error(429, "No money.", code="insufficient_quota"), "ProviderRejected"),
            (chat(None, refusal="I can't help with that."), "ProviderRefused"),
        ],
        ids=["401", "quota", "refusal"],
    )
    def test_what_will_not_pass_fails_at_once_and_a_person_can_try_again(
        self, alice: User, wire: OpenAIWire, answer: Any, code: str
    ) -> None:
        wire.script(answer)
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        assert outcome(event) == ("FAILED", 1, code)
        assert event.completed_at is not None
        assert event.messages.get().text == "I keep bees."
        retry(event=event)
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 2, "")
        assert texts() == ["I keep bees."]

    def test_tries_come_to_an_end(self, alice: User, wire: OpenAIWire, settings: Any) -> None:
        settings.EVENT_MAX_TRIES = 3
        wire.reply_with(lambda request: error(500, "Oops."))
        event = tell(alice, "I keep bees.")
        for _ in range(5):
            ingest(event.pk)
            Event.objects.update(available_at=timezone.now())
        assert outcome(event) == ("FAILED", 3, "ProviderUnavailable")
        retry(event=event)
        ingest(event.pk)
        assert outcome(event) == ("PENDING", 4, "ProviderUnavailable")

    def test_what_a_model_made_up_is_refused_and_shown(self, alice: User, wire: OpenAIWire) -> None:
        wire.reply_with(lambda request: statements_of_users(request, extra="My name is John Doe from Google."))
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        assert texts() == ["I keep bees."]
        event.refresh_from_db()
        assert [refusal["text"] for refusal in event.refusals] == ["My name is John Doe from Google."]
