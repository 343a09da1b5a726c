"""The clock in the parts of a search: each moment counts once, and every part is where it is looked for."""

from __future__ import annotations

import time

import pytest

from benchmarks.clock import PARTS, REST, SQL, Clock, clocked, located


@pytest.mark.parametrize("place", [place for places in PARTS.values() for place in places])
def test_every_part_is_there(place: str) -> None:
    owner, attribute = located(place)
    assert callable(getattr(owner, attribute))


def test_each_moment_counts_for_the_innermost_part() -> None:
    with clocked() as clock, clock.part("outer"):
        time.sleep(0.01)
        with clock.part("inner"):
            time.sleep(0.02)
        with clock.part("", SQL):
            time.sleep(0.03)
        time.sleep(0.01)
    took = clock.seconds
    assert set(took) == {(REST, ""), ("outer", ""), ("inner", ""), ("outer", SQL)}
    assert took["outer", ""] >= 0.02
    assert took["inner", ""] >= 0.02
    assert took["outer", SQL] >= 0.03
    assert took[REST, ""] < 0.01


def test_a_part_that_fails_is_over() -> None:
    clock = Clock()
    with pytest.raises(ZeroDivisionError), clock.part("outer"):
        1 / 0  # noqa: B018
    assert clock.present == REST
    assert not clock.in_sql
