"""Conversations kept as they are, of several callers at once: each as if it had come alone."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import DataError, OperationalError, connection, transaction

from accounts.models import AuditEntry, Project, User
from accounts.principal import Principal
from memories.api.memories import written_by
from memories.models import EndUser, Event, Memory, MemoryVector, MemoryVersion, Message, Suppression
from memories.services import at_once, gathering
from memories.services.person import lock
from memories.services.record import Conversation, Said, record
from memories.services.storing import Asked, Outcome, store

pytestmark = pytest.mark.django_db(transaction=True)
Tell = Callable[..., Event]


@pytest.fixture
def tell(alice: User, alice_project: Project) -> Tell:
    principal = Principal(user=alice)

    def told(*texts: str, **names: str) -> Event:
        entities = {f"{kind}_id": name for kind, name in names.items()}
        conversation = Conversation(said=[Said("user", text) for text in texts], entities=entities, infer=False)
        return record(principal=principal, project=alice_project, conversation=conversation)

    return told


def at_the_same_time(work: Callable[[Any], Any], items: Sequence[Any], threads: int = 6) -> list[Any]:
    """Do `work` for each item, and close each thread's connection after its last."""

    def closing(item: Any) -> Any:
        try:
            return work(item)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(closing, items))


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
            return [Outcome.IS_BUSY]
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


@contextmanager
def together(monkeypatch: pytest.MonkeyPatch, *calls: Callable[[], Event]) -> Iterator[list[Future[Event]]]:
    """Have calls stored in one group, and give what becomes of them."""
    monkeypatch.setattr(gathering, "PATIENCE", 5.0)
    all_there = Barrier(len(calls))

    def run(call: Callable[[], Event]) -> Event:
        try:
            with at_once.expecting():
                all_there.wait(5)
                return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        yield [pool.submit(run, call) for call in calls]


def test_nobody_waits_for_somebody_elses_lock(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    tell("I keep bees.", user="ann")
    tell("I keep hens.", user="bob")
    bobs = Memory.objects.get(end_user__name="bob")
    with ExitStack() as held:
        held.enter_context(transaction.atomic())
        lock(bobs)
        with together(monkeypatch, lambda: tell("I sing.", user="ann"), lambda: tell("I dance.", user="bob")) as calls:
            assert calls[0].result(10).status == Event.Status.SUCCEEDED
            assert not calls[1].done()
            held.close()
            assert calls[1].result(10).status == Event.Status.SUCCEEDED
    assert set(Memory.objects.values_list("text", flat=True)) == {
        "I keep bees.",
        "I keep hens.",
        "I sing.",
        "I dance.",
    }


@contextmanager
def one_call_while_ann_is_written_for(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Have a call wait for the lock of its person, and give by what way it was stored in the end."""
    tell("I keep bees.", user="ann")
    ways: list[str] = []
    closely = at_once._store
    monkeypatch.setattr(at_once, "_store", lambda simple: ways.append("closely") or closely(simple))
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock(Memory.objects.get())
            call = pool.submit(at_the_same_time, lambda text: tell(text, user="ann"), ["I sing."], 1)
            deadline = time.monotonic() + 10
            while not waits_for_a_lock() and time.monotonic() < deadline:
                time.sleep(0.01)
            assert waits_for_a_lock()
            yield ways
        (event,) = call.result(10)
    assert event.status == Event.Status.SUCCEEDED
    assert Memory.objects.get(text="I sing.").end_user == EndUser.objects.get(name="ann")


def test_who_waited_for_the_person_needs_no_closer_look(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    with one_call_while_ann_is_written_for(tell, monkeypatch) as ways:
        pass
    assert ways == []
    assert Memory.objects.count() == 2


def test_who_waited_for_a_person_who_is_gone_is_looked_at(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    with one_call_while_ann_is_written_for(tell, monkeypatch) as ways:
        for model in (Memory, Message, Event, EndUser):
            model._default_manager.all().delete()
    assert ways == ["closely"]
    assert Memory.objects.count() == 1


def test_what_cannot_be_stored_alone_is_looked_at(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(works: Sequence[Any], *, waits: bool = False) -> Any:
        if waits:
            raise DataError("bad")
        return store(works)

    monkeypatch.setattr(at_once, "store", fails)
    with one_call_while_ann_is_written_for(tell, monkeypatch) as ways:
        pass
    assert ways == ["closely"]
    assert "it is looked at" in caplog.text


def test_one_whose_person_is_being_erased_harms_nobody_else(
    tell: Tell, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    tell("I keep bees.", user="ann")
    EndUser.objects.create(project=Event.objects.get().project, name="bob")
    usable: list[bool] = []

    def bob_tells() -> Event:
        event = tell("I dance.", user="bob")
        usable.append(connection.is_usable())
        return event

    with ExitStack() as erasing:
        erasing.enter_context(transaction.atomic())
        for model in (Memory, Message, Event, EndUser):
            theirs = {"name": "ann"} if model is EndUser else {"end_user__name": "ann"}
            model._default_manager.filter(**theirs).delete()
        with together(monkeypatch, bob_tells, lambda: tell("I sing.", user="ann")) as calls:
            deadline = time.monotonic() + 10
            while not waits_for_a_lock() and time.monotonic() < deadline:
                time.sleep(0.05)
            erasing.close()
            assert {call.result(10).status for call in calls} == {Event.Status.SUCCEEDED}
    assert usable == [True]
    assert set(Memory.objects.values_list("text", flat=True)) == {"I dance.", "I sing."}
    assert "each is tried alone" in caplog.text


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees what it saw before
        cursor.execute("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock')")
        return bool(cursor.fetchone()[0])
