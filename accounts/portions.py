"""Parts of a large limit that this process has counted ahead, so that most calls write nothing to be counted.

A thousandth of a limit is taken at a time. What one process has left of its portion when a window ends, others may
have been refused; never is more let through than the limit. Limits below 2,000 are counted call by call.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock

from accounts.rates import Rate

PARTS = 1_000
MOST = 50  # calls in a portion
KEPT = 10_000  # subjects


def seconds() -> float:
    """Return what a clock says that goes on while the machine sleeps, and that nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(slots=True)
class _Portion:
    """What is left of `count`, which all processes together have taken of the window that began at `window`.

    `lead` is by how many seconds Postgres' clock was ahead of `seconds()`, at most.
    """

    rate: Rate
    window: int
    count: int
    left: int
    lead: float = 0.0
    singly: bool = False


class Portions:
    """The portions of this process, by whom they are counted for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._portions: dict[str, _Portion] = {}

    def has(self, subject: str, rate: Rate) -> bool:
        """Tell whether something is left, unless the window is over."""
        portion = self._portions.get(subject)
        return portion is not None and portion.left > 0 and portion.rate == rate

    def take(self, subject: str, rate: Rate, now: int) -> int | None:
        """Take one call, at `now` in Unix seconds; return how many were taken until then, or None if none is left."""
        with self._lock:
            portion = self._portions.get(subject)
            if portion is None or portion.rate != rate or portion.window != _window(rate, now) or not portion.left:
                return None
            portion.left -= 1
            return portion.count - portion.left

    def take_of_each(self, rates: Mapping[str, Rate]) -> tuple[int, dict[str, int]] | None:
        """Take one call of each subject and return the time and how many were taken; None, and nothing, if one can't.

        Nobody is asked what time it is: a window may be taken for over up to a second before it is.
        """
        clock = seconds()
        with self._lock:
            portions = [self._portions.get(subject) for subject in rates]
            now = 0
            for portion, rate in zip(portions, rates.values(), strict=True):
                if portion is None or portion.rate != rate or not portion.left:
                    return None
                now = int(clock + portion.lead)
                if portion.window != _window(rate, now):
                    return None
            counts = {}
            for subject, portion in zip(rates, portions, strict=True):
                assert portion is not None
                portion.left -= 1
                counts[subject] = portion.count - portion.left
        return now, counts

    def size(self, subject: str, rate: Rate) -> int:
        """Return how many calls are to be counted ahead, the present one with them."""
        portion = self._portions.get(subject)
        if portion is not None and portion.singly and time.time() < portion.window + portion.rate.seconds:
            return 1
        return max(1, min(MOST, rate.requests // PARTS))

    def put(self, subject: str, rate: Rate, now: int, *, count: int, size: int, clock: float) -> int:
        """Note that `size` more were counted, which makes it `count`; return how many were with the present call.

        It was asked when `seconds()` were `clock`, and it was `now` then.
        """
        window = _window(rate, now)
        with self._lock:
            portion = self._portions.get(subject)
            if portion is None or portion.rate != rate or portion.window != window:
                if len(self._portions) >= KEPT:
                    self._portions.clear()
                portion = self._portions[subject] = _Portion(rate, window, 0, 0)
            portion.count = max(portion.count, count)
            portion.left += size - 1
            portion.lead = now + 1 - clock  # the time was cut to whole seconds
            return portion.count - portion.left

    def count_singly(self, subject: str, rate: Rate, now: int) -> None:
        """Take no more than one call at a time in this window: there are not enough left for a portion."""
        window = _window(rate, now)
        with self._lock:
            portion = self._portions.get(subject)
            if portion is None or portion.rate != rate or portion.window != window:
                portion = self._portions[subject] = _Portion(rate, window, 0, 0)
            portion.singly = True


def _window(rate: Rate, now: int) -> int:
    return now - now % rate.seconds
