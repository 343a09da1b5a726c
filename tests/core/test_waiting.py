"""Conversations kept as they are, while somebody else holds a person's lock: who waits for it, and who doesn't."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from threading import Barrier
from typing import Any

import pytest
from django.db import DataError, connection, transaction

from accounts.models import Project, User
from memories.models import EndUser, Event, Memory, Message
from memories.services import at_once, gathering
from memories.services.person import lock
from memories.services.storing import store
from tests.core.telling import Tell, at_the_same_time, teller

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def tell(alice: User, alice_project: Project) -> Tell:
    return teller(alice, alice_project)


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
