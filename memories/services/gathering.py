"""Work that several threads bring at the same time, done by one of them for all: group commit.

The first one to come does its own; whoever comes meanwhile waits, and one of those then does it for all that wait. So
the busier a process is, the more it does at once. Nobody waits for company that may never come, but a moment for what
is known to be on its way, and for as many as were done together before, who tend to be back together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from threading import Condition, Lock, local
from typing import Generic, TypeVar

T = TypeVar("T")
logger = logging.getLogger(__name__)
# Seconds that one waits at most for others that are expected: what it takes a call to come here.
PATIENCE = 0.002


class _Waiting(Generic[T]):
    """What one thread brings. `turn` is let go when it is done, or when the thread is to do it, and more, itself."""

    __slots__ = ("done", "item", "turn")

    def __init__(self, item: T) -> None:
        self.item = item
        self.done: bool | None = None
        self.turn = Lock()  # an Event makes three objects to wake one thread once
        self.turn.acquire()


class _Thread(local):
    expected = False


class Gathering(Generic[T]):
    """A place where threads bring items that `carry_out` takes several of, `most` at a time.

    Of items that are alike by `alike` it takes one at a time, in the order in which they came.
    """

    def __init__(self, carry_out: Callable[[Sequence[T]], None], *, alike: Callable[[T], Hashable], most: int) -> None:
        self._carry_out = carry_out
        self._alike = alike
        self._most = most
        self._lock = Lock()
        self._queue: list[_Waiting[T]] = []
        self._led = False
        self._expected = 0
        self._before = 1  # how many the last group was of
        self._complete = Condition(self._lock)
        self._thread = _Thread()

    @contextmanager
    def expecting(self) -> Iterator[None]:
        """Have others wait a moment for what this thread may bring within; until it does, or says that it won't."""
        if not self._thread.expected:
            self._thread.expected = True
            with self._lock:
                self._expected += 1
        try:
            yield
        finally:
            self.expect_no_more()

    def expect_no_more(self) -> None:
        """Keep nobody waiting for this thread."""
        with self._lock:
            self._forget_me()
            self._tell_if_complete()

    def bring(self, item: T) -> bool:
        """Have `item` carried out with those of other threads, and return once it is.

        Tell whether it went well; otherwise an error met the whole group, was logged, and whoever brought an item
        knows best what to do without company.
        """
        mine = _Waiting(item)
        with self._lock:
            self._forget_me()
            self._queue.append(mine)
            self._tell_if_complete()
            leads = not self._led
            self._led = True
        if not leads:
            mine.turn.acquire()
            if mine.done is not None:
                return mine.done
        return self._lead(mine)

    def _forget_me(self) -> None:
        if self._thread.expected:
            self._thread.expected = False
            self._expected -= 1

    def _lead(self, mine: _Waiting[T]) -> bool:
        group = [mine]
        done = False
        try:
            group = self._group(mine)
            self._carry_out([one.item for one in group])
            done = True
        except Exception:
            logger.warning("%s brought together failed; each is tried alone.", len(group), exc_info=True)
        finally:
            self._hand_over(group)
            for one in group:
                one.done = done
                if one is not mine:
                    one.turn.release()
        return done

    def _hand_over(self, group: Sequence[_Waiting[T]]) -> None:
        """Let the next in line begin, whoever that is or will be."""
        with self._lock:
            self._queue = [one for one in self._queue if one not in group]
            heir = self._queue[0] if self._queue else None
            self._led = heir is not None
        if heir is not None:
            heir.turn.release()

    def _group(self, mine: _Waiting[T]) -> list[_Waiting[T]]:
        """Return what is done now: `mine`, which is the first of the queue, and what came since."""
        with self._lock:
            self._complete.wait_for(self._is_complete, PATIENCE)
            group: dict[Hashable, _Waiting[T]] = {}
            for one in self._queue:
                group.setdefault(self._alike(one.item), one)
            taken = list(group.values())[: self._most]
            self._before = len(taken)
        assert taken[0] is mine
        return taken

    def _is_complete(self) -> bool:
        """Tell whether there is nobody to wait for."""
        return not self._expected and len(self._queue) >= self._before

    def _tell_if_complete(self) -> None:
        if self._is_complete():
            self._complete.notify()
