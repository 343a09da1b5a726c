"""Work of several threads, done by one of them for all."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from memories.services import gathering
from memories.services.gathering import Gathering

SECONDS = 10
Bring = Callable[..., tuple[Gathering[str], list[Future[bool]]]]


class Counter:
    """Carries out groups one by one, when it is let; notes each."""

    def __init__(self) -> None:
        self.groups: list[list[str]] = []
        self.may_go = threading.Semaphore(0)
        self.begun = threading.Semaphore(0)

    def carry_out(self, items: Sequence[str]) -> None:
        self.groups.append(list(items))
        self.begun.release()
        assert self.may_go.acquire(timeout=SECONDS)
        if "bad" in items:
            raise ValueError("bad")


@pytest.fixture
def counter() -> Counter:
    return Counter()


def waits(place: Gathering[str], number: int) -> None:
    """Return once so many items are in hand or in line."""
    deadline = threading.Event()
    for _ in range(1000):
        if len(place._queue) >= number:
            return
        deadline.wait(0.01)
    raise AssertionError(f"{len(place._queue)} of {number} came")


@pytest.fixture
def bring(counter: Counter) -> Bring:
    """Bring the first item, then, while that is being carried out, the others one after the other."""
    pool = ThreadPoolExecutor(20)

    def brought(*items: str, most: int = 16) -> tuple[Gathering[str], list[Future[bool]]]:
        place: Gathering[str] = Gathering(counter.carry_out, alike=lambda item: item[:3], most=most)
        futures = [pool.submit(place.bring, items[0])]
        assert counter.begun.acquire(timeout=SECONDS)
        for number, item in enumerate(items[1:], 2):
            futures.append(pool.submit(place.bring, item))
            waits(place, number)
        return place, futures

    return brought


def finish(counter: Counter, futures: list[Future[bool]]) -> list[bool]:
    for _ in futures:
        counter.may_go.release()
    return [future.result(SECONDS) for future in futures]


def test_one_alone_waits_for_nobody(counter: Counter) -> None:
    counter.may_go.release()
    assert Gathering(counter.carry_out, alike=str, most=4).bring("one")
    assert counter.groups == [["one"]]


def test_who_comes_meanwhile_is_done_together_in_order(counter: Counter, bring: Bring) -> None:
    place, futures = bring("one", "two", "six", "ten")
    assert finish(counter, futures) == [True] * 4
    assert counter.groups == [["one"], ["two", "six", "ten"]]
    counter.may_go.release()
    assert place.bring("later")


def test_of_those_that_are_alike_one_at_a_time(counter: Counter, bring: Bring) -> None:
    _place, futures = bring("first", "ann 1", "ann 2", "bob 1", "ann 3")
    assert finish(counter, futures) == [True] * 5
    assert counter.groups == [["first"], ["ann 1", "bob 1"], ["ann 2"], ["ann 3"]]


def test_no_more_at_a_time_than_the_most(counter: Counter, bring: Bring) -> None:
    _place, futures = bring("first", "a", "b", "c", "d", "e", most=2)
    assert finish(counter, futures) == [True] * 6
    assert counter.groups == [["first"], ["a", "b"], ["c", "d"], ["e"]]


def test_an_error_is_told_to_the_whole_group_and_the_next_goes_on(counter: Counter, bring: Bring) -> None:
    _place, futures = bring("first", "bad", "good", "bad again")
    assert finish(counter, futures) == [True, False, False, True]
    assert counter.groups == [["first"], ["bad", "good"], ["bad again"]]


def test_many_threads_get_each_item_done_once() -> None:
    done: list[int] = []
    place: Gathering[int] = Gathering(done.extend, alike=int, most=5)
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(place.bring, range(2000)))
    assert sorted(done) == list(range(2000))


def test_one_who_is_expected_is_waited_for(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "PATIENCE", SECONDS)
    place: Gathering[str] = Gathering(counter.carry_out, alike=str, most=4)
    begun, may_bring = threading.Event(), threading.Event()

    def late() -> bool:
        with place.expecting():
            begun.set()
            assert may_bring.wait(SECONDS)
            return place.bring("late")

    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(late)
        assert begun.wait(SECONDS)
        first = pool.submit(place.bring, "first")
        waits(place, 1)
        assert not counter.begun.acquire(timeout=0.05), "it did not wait"
        may_bring.set()
        counter.may_go.release()
        assert first.result(SECONDS)
        assert other.result(SECONDS)
    assert counter.groups == [["first", "late"]]


def test_as_many_as_before_are_waited_for(counter: Counter, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    place, futures = bring("one", "two", "six")
    assert finish(counter, futures) == [True] * 3
    monkeypatch.setattr(gathering, "PATIENCE", SECONDS)
    began = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(place.bring, "back")
        waits(place, 1)
        assert all(finish(counter, [first, pool.submit(place.bring, "again")]))
    assert time.monotonic() - began < SECONDS / 2, "it waited for more"
    assert counter.groups == [["one"], ["two", "six"], ["back", "again"]]


def test_who_has_gone_is_waited_for_once(counter: Counter, bring: Bring) -> None:
    place, futures = bring("one", "two", "six")
    assert finish(counter, futures) == [True] * 3
    waited: list[float | None] = []
    wait = place._complete.wait
    place._complete.wait = lambda timeout=None: waited.append(timeout) or wait(timeout)  # type: ignore[func-returns-value,method-assign]
    for name in ("back", "again"):
        counter.may_go.release()
        assert place.bring(name)
    assert len(waited) == 1
    assert counter.groups[2:] == [["back"], ["again"]]


def test_who_comes_alike_keeps_nobody_waiting(counter: Counter, bring: Bring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering, "PATIENCE", 3 * SECONDS)  # longer than is waited for a result
    _place, futures = bring("first", "ann 1", "ann 2", "ann 3")
    assert finish(counter, futures) == [True] * 4


@pytest.mark.parametrize("says_so", [True, False])
def test_one_who_brings_nothing_after_all_is_not_waited_for(
    counter: Counter, monkeypatch: pytest.MonkeyPatch, says_so: bool
) -> None:
    monkeypatch.setattr(gathering, "PATIENCE", SECONDS)
    place: Gathering[str] = Gathering(counter.carry_out, alike=str, most=4)
    begun, may_end, done = threading.Event(), threading.Event(), threading.Event()

    def idle() -> None:
        with place.expecting():
            begun.set()
            assert may_end.wait(SECONDS)
            if says_so:
                place.expect_no_more()
                assert done.wait(SECONDS)

    with ThreadPoolExecutor(2) as pool:
        other = pool.submit(idle)
        assert begun.wait(SECONDS)
        first = pool.submit(place.bring, "first")
        waits(place, 1)
        may_end.set()
        counter.may_go.release()
        assert first.result(SECONDS / 2)
        done.set()
        other.result(SECONDS)
    assert place._expected == 0


def test_one_who_takes_long_is_waited_for_no_longer_than_a_moment(counter: Counter) -> None:
    place: Gathering[str] = Gathering(counter.carry_out, alike=str, most=4)
    with place.expecting(), ThreadPoolExecutor(1) as pool:
        counter.may_go.release()
        assert pool.submit(place.bring, "first").result(SECONDS)
