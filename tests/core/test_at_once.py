"""Conversations kept as they are, of several callers at once: each as if it had come alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, OperationalError, connection, transaction

from accounts.models import AuditEntry, Project, User
from accounts.principal import Principal
from memories.api.memories import written_by
from memories.models import Event, Memory, MemoryVector, MemoryVersion, Message, Suppression
from memories.services import at_once
from memories.services.record import Conversation, Said, record
from memories.services.storing import Asked, NotStored, store
from tests.core.telling import Tell, at_the_same_time, teller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tell(alice: User, alice_project: Project) -> Tell:
    return teller(alice, alice_project)


@contextmanager
def groups(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Note how many are stored together; who waits for its person's lock is stored alone."""
    sizes: list[int] = []

    def noted(works: Sequence[Any], *, waits: bool = False) -> Any:
        sizes.extend([] if waits else [len(works)])
        return store(works, waits=waits)

    monkeypatch.setattr(at_once, "store", noted)
    yield sizes


def test_each_of_many_is_whole_and_written_once(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = [(f"Fact {number}", f"person{number % 7}") for number in range(60)] * 2
    random.Random(3).shuffle(calls)
    with groups(monkeypatch) as sizes:
        events = at_the_same_time(lambda call: tell(call[0], user=call[1], agent="helper"), calls)
    assert max(sizes) > 1, "nothing was ever stored together"
    assert sum(sizes) == len(calls)
    assert {event.status for event in events} == {Event.Status.SUCCEEDED}
    memories = list(Memory.objects.select_related("end_user"))
    assert Counter((memory.text, memory.end_user.name) for memory in memories if memory.end_user) == Counter(
        set(calls)
    )
    assert (Event.objects.count(), Message.objects.count()) == (120, 120)
    assert MemoryVersion.objects.count() == MemoryVector.objects.count() == 60
    assert AuditEntry.objects.filter(action="memory.add").count() == 60
    # The second time it is further evidence.
    assert {memory.sources.count() for memory in memories} == {2}


def test_answers_hold_each_callers_own(tell: Tell) -> None:
    calls = [(f"Secret of {number}", f"person{number}") for number in range(40)]
    for (text, person), event in zip(calls, at_the_same_time(lambda c: tell(c[0], user=c[1]), calls), strict=True):
        assert event.written is not None
        [version] = event.written
        assert version.memory.end_user is not None
        assert (version.text, version.memory.end_user.name) == (text, person)
        assert version.event_id == event.pk
        assert event.end_user is not None and event.end_user.name == person


def test_what_one_person_says_at_once_stands_in_one_row(tell: Tell) -> None:
    calls = [(f"Fact {number}", "ann", f"run{number % 2}" if number % 3 else "") for number in range(30)]
    at_the_same_time(lambda c: tell(c[0], user=c[1], **({"run": c[2]} if c[2] else {})), calls)
    sittings = Counter(Memory.objects.values_list("sitting", flat=True))
    assert sorted(sittings.values()) == [10, 10, 10]
    for sitting in sittings:
        places = Memory.objects.filter(sitting=sitting).order_by("place").values_list("place", flat=True)
        assert list(places) == list(range(10))


def test_what_needs_a_closer_look_gets_it_beside_the_others(tell: Tell, alice: User, alice_project: Project) -> None:
    tell("I keep bees.", user="ann")
    Suppression.objects.create(
        project=alice_project,
        end_user=Memory.objects.get().end_user,
        digest="x",
        text="I smoke.",
        lexemes=["smoke"],
        embedder="other",
        embedding=[1.0],
        actor="alice",
    )
    calls = [("I smoke.", "ann"), *((f"Fact {number}", f"person{number}") for number in range(20))]
    events = at_the_same_time(lambda c: tell(c[0], user=c[1]), calls)
    assert [refusal["reason"] for refusal in events[0].refusals] == ["suppressed"]
    assert Memory.objects.count() == 21


def test_a_group_that_fails_is_stored_one_by_one(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_works: Sequence[Any], *, waits: bool) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / (random() < 0)::int")
        raise AssertionError

    monkeypatch.setattr(at_once, "store", failing)
    calls = [(f"Fact {number}", f"person{number % 3}") for number in range(12)]
    events = at_the_same_time(lambda c: tell(c[0], user=c[1]), calls)
    assert {event.status for event in events} == {Event.Status.SUCCEEDED}
    assert Memory.objects.count() == Event.objects.count() == 12


@pytest.mark.parametrize("alone", [False, True])
def test_what_was_stored_before_its_connection_was_lost_is_answered_as_stored(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    def lost(works: Sequence[Any], *, waits: bool) -> Any:
        if alone and not waits:
            return [NotStored.IS_BUSY]
        assert isinstance(store(works, waits=waits)[0], dict)
        raise OperationalError("The connection is lost.")

    tell("I keep bees.", user="ann")
    monkeypatch.setattr(at_once, "store", lost)
    event = tell("I keep hens.", user="ann")
    assert event.status == Event.Status.SUCCEEDED
    (version,) = written_by(event)
    assert (version.memory.text, version.memory.end_user.name) == ("I keep hens.", "ann")
    assert Memory.objects.count() == Event.objects.count() == 2


def test_an_outage_is_each_callers_to_hear_of(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    def ended(*_args: Any, **_named: Any) -> Any:
        raise OperationalError("gone")

    monkeypatch.setattr(at_once, "store", ended)
    monkeypatch.setattr(at_once, "resolve_entities", ended)
    with pytest.raises(OperationalError):
        tell("I keep bees.", user="ann")
    assert not Event.objects.exists()


def test_in_a_callers_transaction_it_is_undone_with_it(tell: Tell) -> None:
    with transaction.atomic():
        tell("I keep bees.", user="ann")
        assert Memory.objects.count() == 1
        transaction.set_rollback(True)
    assert not Memory.objects.exists()
    assert not Event.objects.exists()


def test_what_cannot_be_stored_harms_nobody_else(tell: Tell, alice: User, alice_project: Project) -> None:
    tell("I keep bees.", user="ann")
    too_long = Conversation(
        said=[Said("user", "I sing.", speaker="x" * 300)], entities={"user_id": "ann"}, infer=False
    )

    def call(number: int) -> Event | None:
        if number % 3:
            return tell(f"Fact {number}", user=f"person{number % 5}")
        with pytest.raises(DataError):
            record(principal=Principal(user=alice), project=alice_project, conversation=too_long)
        return None

    at_the_same_time(call, range(30))
    assert Memory.objects.count() == Event.objects.count() == 21
    with pytest.raises(DataError):
        record(principal=Principal(user=alice), project=alice_project, conversation=too_long)
    # The connection on which it failed is as good as before.
    tell("I keep hens.", user="ann")
    assert Memory.objects.filter(end_user__name="ann").count() == 2


def test_no_more_are_stored_together_than_the_statement_takes() -> None:
    asked = Asked(project_id=uuid4(), standing=None, names={"user_id": "ann"}, digests=[], rows={})
    with pytest.raises(ValueError, match="17 conversations are more than 16"):
        store([asked] * 17)
