"""A key that was seen before is let in by one statement, and never longer than it may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import limits
from accounts.admission import admit
from accounts.models import ApiKey, Project, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(alice: User, alice_project: Project) -> tuple[ApiKey, str]:
    return ApiKey.issue(project=alice_project, name="app", created_by=alice)


def admitted(secret: str) -> ApiKey:
    found = admit(secret)
    assert found is not None
    assert found[0].api_key is not None
    return found[0].api_key


def test_the_second_call_costs_one_statement(issued: tuple[ApiKey, str], monkeypatch: pytest.MonkeyPatch) -> None:
    key, secret = issued
    assert admitted(secret) == key
    asked: list[Any] = []
    ask = limits._ask
    monkeypatch.setattr(limits, "_ask", lambda *args: asked.append(args) or ask(*args))
    with CaptureQueriesContext(connection) as captured:
        again = admitted(secret)
        assert (again, again.project.name, again.created_by) == (key, key.project.name, key.created_by)
    # It is sent past Django, so that a capture doesn't see it.
    assert (len(asked), len(captured)) == (1, 0)


def test_each_call_is_counted_once(issued: tuple[ApiKey, str]) -> None:
    left = [found[1].remaining for _ in range(3) if (found := admit(issued[1])) and found[1]]
    assert left == [left[0], left[0] - 1, left[0] - 2]


def test_what_is_no_key_is_not_let_in(issued: tuple[ApiKey, str]) -> None:
    assert admit("mh_0000000000_00") is None
    admitted(issued[1])
    assert admit(f"{issued[1]}0") is None


CHANGES: dict[str, Callable[[ApiKey], object]] = {
    "its scope": lambda key: ApiKey.objects.filter(pk=key.pk).update(scope="read"),
    "its person": lambda key: ApiKey.objects.filter(pk=key.pk).update(end_user_name="ann"),
    "its project": lambda key: Project.objects.filter(pk=key.project_id).update(name="Other"),
    "its maker": lambda key: User.objects.filter(pk=key.created_by_id).update(is_active=False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_counts_from_the_next_call_on(issued: tuple[ApiKey, str], change: str) -> None:
    key, secret = issued
    admitted(secret)
    CHANGES[change](key)
    now = admitted(secret)
    assert now.created_by is not None
    seen = (now.scope, now.end_user_name, now.project.name, now.created_by.is_active)
    assert seen != (key.scope, key.end_user_name, key.project.name, True)
    assert admitted(secret) == now


def test_a_revoked_key_works_no_moment_longer(issued: tuple[ApiKey, str]) -> None:
    key, secret = issued
    admitted(secret)
    key.revoke()
    assert admit(secret) is None
    ApiKey.objects.filter(pk=key.pk).update(revoked_at=None)
    assert admitted(secret) == key


def test_a_deleted_key_or_project_lets_nobody_in(issued: tuple[ApiKey, str], alice: User) -> None:
    key, secret = issued
    admitted(secret)
    key.delete()
    assert admit(secret) is None


def test_what_a_request_does_to_its_key_stays_its_own(issued: tuple[ApiKey, str]) -> None:
    secret = issued[1]
    mine = admitted(secret)
    mine.name, mine.project.name = "changed", "changed"
    mine.last_used_at = None
    other = admitted(secret)
    assert (other.name, other.project.name) == ("app", issued[0].project.name)
    assert other.last_used_at is not None


def test_a_key_whose_maker_is_gone_still_works(issued: tuple[ApiKey, str]) -> None:
    key, secret = issued
    ApiKey.objects.filter(pk=key.pk).update(created_by=None)
    assert [admitted(secret).created_by for _ in range(2)] == [None, None]
