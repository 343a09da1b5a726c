"""Of large limits a process counts some calls ahead: not one call more passes."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest

from accounts import limits
from accounts.limits import count_call
from accounts.models import ApiKey, Project, RequestCount, User
from accounts.portions import Portions
from accounts.rates import Rate

DAY = 86400


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("key", "project"), [(5000, 9000), (9000, 5000), (5000, 5000)])
def test_of_a_large_limit_portions_are_taken_and_not_one_call_more(
    alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch, key: int, project: int
) -> None:
    api_key, _secret = ApiKey.issue(project=alice_project, name="app", created_by=alice, scope="read")
    ApiKey.objects.update(rate_limit=f"{key}/day")
    Project.objects.update(rate_limit=f"{project}/day")
    api_key.refresh_from_db()
    asked: list[Any] = []
    ask = limits._ask
    monkeypatch.setattr(limits, "_ask", lambda *args: asked.append(args) or ask(*args))
    remaining = []
    while (allowance := count_call(api_key)) is not None and not allowance.wait:
        remaining.append(allowance.remaining)
    # Each call is told its own number, and the last one is let through by itself.
    assert remaining == list(range(4999, -1, -1))
    written = [sizes for rates, sizes, _condition in asked if rates]
    assert len(written) < 1600
    assert {row.count for row in RequestCount.objects.all()} <= set(range(5000, 5011))


@pytest.mark.django_db(transaction=True)
def test_two_processes_share_a_large_limit(
    alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    api_key, _secret = ApiKey.issue(project=alice_project, name="app", created_by=alice, scope="read")
    ApiKey.objects.update(rate_limit="5000/day")
    api_key.refresh_from_db()
    processes = [Portions(), Portions()]
    passed = 0
    for number in range(5100):
        monkeypatch.setattr(limits, "_PORTIONS", processes[number % 2])
        allowance = count_call(api_key)
        passed += allowance is not None and not allowance.wait
    assert passed == 5000


@pytest.mark.parametrize("ahead", [-70, 70])
def test_clocks_that_differ_cost_no_more_than_a_question(
    db: None, monkeypatch: pytest.MonkeyPatch, ahead: int
) -> None:
    rates = {"key:1": Rate(60_000, DAY), "project:1": Rate(90_000, DAY)}
    now, *_none = limits._ask({}, {}, limits.ALWAYS)
    RequestCount.objects.create(subject="key:1", window_start=now - now % DAY, count=59_990)
    clock = SimpleNamespace(**{**vars(time), "time": lambda: time.time() + ahead * DAY})
    monkeypatch.setattr("accounts.portions.time", clock)
    monkeypatch.setattr(limits, "_PORTIONS", Portions())
    asked: list[Any] = []
    ask = limits._ask
    monkeypatch.setattr(limits, "_ask", lambda *args: asked.append(args) or ask(*args))
    for left in (9, 8, 7):
        before = len(asked)
        allowance = limits._take(rates, limits.ALWAYS)
        assert allowance is not None
        assert allowance.remaining == left
        assert len(asked) - before <= 3


def test_a_portion_ends_with_its_window_and_with_its_limit() -> None:
    portions, rate = Portions(), Rate(30_000, 60)
    assert portions.size("key:1", rate) == 30
    assert portions.put("key:1", rate, 120, count=30, size=30, clock=0.0) == 1
    assert [portions.take("key:1", rate, moment) for moment in (121, 179)] == [2, 3]
    assert portions.take("key:1", rate, 180) is None
    assert portions.take("key:1", Rate(60_000, 60), 122) is None
    assert portions.put("key:1", rate, 180, count=90, size=30, clock=0.0) == 61


def test_of_several_portions_a_call_is_taken_from_each_or_none(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 5.0
    monkeypatch.setattr("accounts.portions.seconds", lambda: clock)
    portions, rates = Portions(), {"key:1": Rate(30_000, 60), "project:1": Rate(3_000, 60)}
    # Postgres' clock says 120 and some fraction of a second.
    assert portions.put("key:1", rates["key:1"], 120, count=30, size=30, clock=clock) == 1
    assert portions.take_of_each(rates) is None
    assert portions.put("project:1", rates["project:1"], 120, count=3, size=3, clock=clock) == 1
    assert portions.take_of_each(rates) == (121, {"key:1": 2, "project:1": 2})
    clock += 58.9
    assert portions.take_of_each(rates) == (179, {"key:1": 3, "project:1": 3})
    assert portions.take_of_each(rates) is None  # the project's is used up
    clock += 0.2  # the window may be over
    assert portions.take_of_each({"key:1": rates["key:1"]}) is None
    clock -= 0.2
    assert portions.take_of_each({"key:1": rates["key:1"]}) == (179, {"key:1": 4})
