"""What is stored by one statement is what a closer look would have made of it."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import AuditEntry, Project, User
from accounts.principal import Principal
from memories.models import Event, Memory, MemoryVector, MemoryVersion, Message
from memories.services import at_once
from memories.services.entities import resolve_entities
from memories.services.record import Conversation, Said, record
from memories.services.storing import LINK, STORED

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
# What is another for each row, or for each time.
OWN = {"id", "created_at", "updated_at", "started_at", "completed_at", "available_at"}

texts = st.sampled_from(
    ["I keep bees.", "蜂を飼っています。", 'She said "no" \\ it is', "Ann <ann@example.com>", " ", "\u2028x"]
)
turns = st.builds(
    Said,
    role=st.sampled_from(["user", "user", "assistant", "system"]),
    text=texts,
    speaker=st.sampled_from(["", "Ann", "Böb"]),
    said_at=st.none() | st.integers(0, 90).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    external_id=st.sampled_from(["", "m-1"]),
)
conversations = st.builds(
    Conversation,
    said=st.lists(turns, min_size=1, max_size=4),
    entities=st.fixed_dictionaries(
        {}, optional={f"{kind}_id": st.just(f"the {kind}'s") for kind in ("agent", "app", "run")}
    ),
    said_at=st.integers(0, 90).map(lambda minutes: NOON + timedelta(minutes=minutes)),
    infer=st.just(False),
    options=st.fixed_dictionaries(
        {},
        optional={
            "metadata": st.just({"mood": "fair", "tags": ["a", {"b": None}], "big": 2**70, "n": 1.5}),
            "expiration_date": st.just("2027-01-31"),
            "immutable": st.just(True),
            "layer": st.just("session"),
        },
    ),
)


def seen(end_user: str) -> dict[str, list[Any]]:
    """Return all that was stored for somebody, in order, with numbers in place of ids."""
    numbers: dict[Any, int] = {}

    def named(column: str, value: Any) -> Any:
        if isinstance(value, memoryview):
            return bytes(value)
        if column == "embedding":
            return [round(float(number), 6) for number in value]
        if column in ("end_user_id", "details"):
            return None
        is_id = isinstance(value, uuid.UUID) or column == "object_id"
        return numbers.setdefault(str(value), len(numbers)) if is_id else value

    def rows(model: type[models.Model], found: Any) -> list[dict[str, Any]]:
        columns = [field.attname for field in model._meta.concrete_fields]
        for row in found:
            named("id", row.pk)
        return [
            {column: named(column, getattr(row, column)) for column in columns if column not in OWN} for row in found
        ]

    theirs = {"memory__end_user__name": end_user}
    memories = list(Memory.objects.filter(end_user__name=end_user).order_by("created_at", "id"))
    found: dict[type[models.Model], Any] = {
        Event: Event.objects.filter(end_user__name=end_user).order_by("id"),
        Message: Message.objects.filter(end_user__name=end_user).order_by("event_id", "position"),
        Memory: memories,
        MemoryVector: MemoryVector.objects.filter(**theirs).order_by("id"),
        MemoryVersion: MemoryVersion.objects.filter(**theirs).order_by("id"),
        AuditEntry: AuditEntry.objects.filter(object_id__in=[str(memory.pk) for memory in memories]).order_by("id"),
        LINK: LINK._default_manager.filter(memory__in=memories).order_by("id"),
    }
    assert set(found) == set(STORED)
    return {model.__name__: rows(model, list(found[model])) for model in STORED}


def told(event: Event) -> Any:
    """Return what a call is answered from."""
    assert event.written is not None
    versions = [(v.text, v.change, v.state, v.memory.entity_names(), v.memory.metadata) for v in event.written]
    named = [getattr(row, "name", None) for row in (event.end_user, event.agent, event.app, event.run)]
    return event.status, event.refusals, event.notes, named[1:], [v[:3] for v in versions], [
        {**names, "user_id": None} for _text, _change, _state, names, _metadata in versions
    ]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(said=st.lists(conversations, min_size=1, max_size=4))
def test_it_is_what_a_closer_look_makes_of_it(
    alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch, said: list[Conversation]
) -> None:
    principal = Principal(user=alice)
    plain, close = uuid.uuid4().hex, uuid.uuid4().hex

    def tell(name: str, conversation: Conversation) -> Event:
        own = Conversation(
            **{field: getattr(conversation, field) for field in ("said", "said_at", "infer", "options")},
            entities={**conversation.entities, "user_id": name},
        )
        return record(principal=principal, project=alice_project, conversation=own)

    for conversation in said:
        one = told(tell(plain, conversation))
        with monkeypatch.context() as patched:
            patched.setattr(at_once, "_gather", lambda simple: None)
            other = told(tell(close, conversation))
        assert one == other
    assert seen(plain) == seen(close)


def test_it_is_what_most_calls_are_stored_by(
    alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(at_once, "_store", lambda simple: looked.append(simple.work.texts[0]))

    def tell(text: str, **names: str) -> None:
        conversation = Conversation(said=[Said("user", text)], entities={"user_id": "ann", **names}, infer=False)
        record(principal=Principal(user=alice), project=alice_project, conversation=conversation)

    tell("A stranger's first words")
    resolve_entities(project=alice_project, names={"user_id": "ann", "agent_id": "helper", "run_id": "1"})
    tell("I keep bees.")
    tell("I keep hens.", agent_id="helper", run_id="1")
    tell("I keep cats.", agent_id="somebody new")
    assert looked == ["A stranger's first words", "I keep cats."]
    assert sorted(Memory.objects.values_list("text", flat=True)) == ["I keep bees.", "I keep hens."]


def test_the_same_words_again_are_looked_at(alice: User, alice_project: Project) -> None:
    principal = Principal(user=alice)

    def tell(*words: str) -> Event:
        said = [Said("user", word) for word in words]
        conversation = Conversation(said=said, entities={"user_id": "ann"}, infer=False)
        return record(principal=principal, project=alice_project, conversation=conversation)

    tell("I keep bees.")
    tell("I keep bees.")
    tell("I keep hens.", "I keep hens.")
    assert sorted(Memory.objects.values_list("text", flat=True)) == ["I keep bees.", "I keep hens."]
    assert {memory.sources.count() for memory in Memory.objects.all()} == {2}


def test_django_knows_that_the_rows_are_there(alice: User, alice_project: Project) -> None:
    resolve_entities(project=alice_project, names={"user_id": "ann"})
    conversation = Conversation(said=[Said("user", "I keep bees.")], entities={"user_id": "ann"}, infer=False)
    event = record(principal=Principal(user=alice), project=alice_project, conversation=conversation)
    event.error = "noted"
    event.save()
    assert Event.objects.get().error == "noted"
    assert event.written is not None
    assert not event.written[0]._state.adding
    assert not event.written[0].memory._state.adding
