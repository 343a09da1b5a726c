"""How warm a memory is, and how fast it fades."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from memories.heat import heat, retention
from memories.models import Memory
from tests.conftest import Remember

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("visits", "interactions", "idle", "expected"),
    [
        (0, 1, timedelta(0), 2.0),
        (0, 1, 24 * HOUR, 1 + 1 / math.e),
        (3, 2, 48 * HOUR, 5 + math.exp(-2)),
        (0, 1, timedelta(days=3650), 1.0),
        (0, 1, -HOUR, 2.0),
    ],
)
def test_heat_is_visits_and_messages_and_recency(
    visits: int, interactions: int, idle: timedelta, expected: float
) -> None:
    assert heat(visits, interactions, idle) == pytest.approx(expected)


def test_what_nobody_asks_for_halves_and_what_was_recalled_fades_more_slowly() -> None:
    idle_days = np.array([0, 30, 60, -1, 60, 90, 400.0])
    visits = np.array([0, 0, 0, 0, 1, 3, 0.0])
    left = retention(idle_days, visits, 30)
    assert left[:4].tolist() == pytest.approx([1, 0.5, 0.25, 1])
    assert left[4] == pytest.approx(0.5), "one recall doubles the half-life"
    assert left[5] == pytest.approx(0.5)
    assert 0 < left[6] < 0.001


@pytest.mark.django_db
def test_postgres_and_python_reckon_the_same(remember: Remember) -> None:
    memory = remember("I like tea")
    now = timezone.now() + timedelta(hours=5)
    for visited_at in (None, now - 30 * HOUR, now + HOUR):
        Memory.objects.filter(pk=memory.pk).update(visits=4, interactions=2, visited_at=visited_at)
        found = Memory.objects.with_heat(now).get(pk=memory.pk)
        assert found.heat == pytest.approx(found.heat_at(now))  # type: ignore[attr-defined]
