"""Several people in one search, as far as the key allows."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from tests.conftest import Remember, api_client

pytestmark = pytest.mark.django_db
SEARCH = "/v3/memories/search/"
BOTH: list[dict[str, Any]] = [
    {"user_id": {"in": ["ann", "ben"]}},
    {"OR": [{"user_id": "ann"}, {"user_id": "ben"}]},
    {"AND": [{"user_id": "*"}, {"NOT": [{"user_id": "zoe"}]}]},
]


@pytest.fixture(autouse=True)
def told(remember: Remember) -> None:
    for person in ("ann", "ben", "zoe"):
        remember(f"{person} likes green tea", user_id=person)
    remember("the kitchen has green tea", user_id="", agent_id="cook")


def found(api: APIClient, filters: dict[str, Any], **more: Any) -> list[str]:
    answer = api.post(SEARCH, {"query": "Who likes green tea?", "filters": filters, **more})
    assert answer.status_code == 200, answer.content
    return sorted(hit["memory"].split()[0] for hit in answer.json()["results"])


@pytest.mark.parametrize("filters", BOTH)
def test_a_search_of_two_ranks_both_together(alice_api: APIClient, filters: dict[str, Any]) -> None:
    assert found(alice_api, filters) == ["ann", "ben"]
    assert len(found(alice_api, filters, top_k=1)) == 1


def test_a_person_and_what_belongs_to_nobody(alice_api: APIClient) -> None:
    assert found(alice_api, {"OR": [{"user_id": "ann"}, {"agent_id": "cook"}]}) == ["ann", "the"]


@pytest.mark.parametrize("filters", BOTH)
def test_a_limited_key_stays_with_its_own_whoever_it_names(alice: User, filters: dict[str, Any]) -> None:
    assert found(api_client(alice, end_user_name="ben"), filters) == ["ben"]


@pytest.mark.parametrize("filters", BOTH)
def test_a_strangers_key_finds_none(charlie_api: APIClient, filters: dict[str, Any]) -> None:
    assert found(charlie_api, filters) == []
