"""Lists by name come from prepared queries; they must hold what the general way gives for the same filters."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from memories.api.listing import is_listable
from memories.models import Memory
from tests.conftest import api_client

LIST = "/v3/memories/"
SCOPES: list[dict[str, Any]] = [
    {"user_id": "ann"},
    {"user_id": "ann", "agent_id": "tutor"},
    {"user_id": "ann", "agent_id": "tutor", "app_id": "school", "run_id": "r1"},
    {"user_id": "ben"},
]


@pytest.fixture
def filled(alice: User, alice_api: APIClient) -> None:
    for scope in SCOPES:
        body = {"messages": f"I belong to {sorted(scope.values())}.", "infer": False, **scope}
        assert alice_api.post("/v3/memories/add/", body).status_code == 200
    today = timezone.now().date()
    Memory.objects.filter(end_user__name="ben").update(expiration_date=today - timedelta(days=1))
    Memory.objects.filter(run__name="r1").update(state=Memory.State.SUPERSEDED)


@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize("filters", [*SCOPES, {"agent_id": "tutor"}, {"userId": "ann"}])
@pytest.mark.parametrize(
    "more", [{}, {"show_expired": True}, {"latest_only": False}, {"reference_date": "2020-01-01"}]
)
def test_both_ways_give_the_same(
    alice: User, filled: None, filters: dict[str, Any], more: dict[str, Any], limited: bool
) -> None:
    api = api_client(alice, end_user_name="ann") if limited else api_client(alice)
    short = api.post(LIST, {"filters": filters, **more}).json()
    general = api.post(LIST, {"filters": {"AND": [filters]}, **more}).json()
    assert short == general
    assert is_listable({"filters": filters}) is ("userId" not in filters)


@pytest.mark.parametrize("limited", [False, True])
@pytest.mark.parametrize(
    "more", [{}, {"show_expired": True}, {"latest_only": False}, {"reference_date": "2020-01-01"}]
)
@pytest.mark.parametrize("filters", SCOPES)
def test_both_ways_find_the_same(
    alice: User, filled: None, filters: dict[str, Any], more: dict[str, Any], limited: bool
) -> None:
    api = api_client(alice, end_user_name="ann") if limited else api_client(alice)
    asked = {"query": "Whom do I belong to?", **more}
    short = api.post(f"{LIST}search/", {**asked, "filters": filters}).json()
    general = api.post(f"{LIST}search/", {**asked, "filters": {"AND": [filters]}}).json()
    assert short == general
    assert "results" in short


def test_whole_seconds_are_written_alike(alice_api: APIClient, filled: None) -> None:
    Memory.objects.update(said_at="2023-05-08T13:56:00Z", created_at="2023-05-08T13:56:00.120000Z")
    [listed] = alice_api.post(LIST, {"filters": SCOPES[0], "latest_only": False, "page_size": 1}).json()["results"]
    one = alice_api.get(f"/v1/memories/{listed['id']}/").json()
    assert listed == one
    assert (one["timestamp"], one["created_at"]) == ("2023-05-08T13:56:00Z", "2023-05-08T13:56:00.120000Z")


def test_pages_turn(alice_api: APIClient, filled: None) -> None:
    body = {"filters": {"user_id": "ann"}, "latest_only": False}
    pages = [alice_api.post(f"{LIST}?page={page}&page_size=2", body).json() for page in (1, 2, 3)]
    assert [(page["count"], len(page["results"])) for page in pages] == [(3, 2), (3, 1), (3, 0)]
    assert len({memory["id"] for page in pages for memory in page["results"]}) == 3


def test_what_expires_tonight_is_gone_tomorrow(
    alice_api: APIClient, filled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    Memory.objects.filter(end_user__name="ben").update(expiration_date=now.date())
    assert alice_api.post(LIST, {"filters": {"user_id": "ben"}}).json()["count"] == 1
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=1))
    assert alice_api.post(LIST, {"filters": {"user_id": "ben"}}).json()["count"] == 0


@pytest.mark.parametrize(
    "filters", [{"user_id": "*"}, {"user_id": ["ann"]}, {"user_id": 7}, {"metadata": {}}, {"user_id": ""}]
)
def test_anything_else_goes_the_general_way(filters: dict[str, Any]) -> None:
    assert not is_listable({"filters": filters})
