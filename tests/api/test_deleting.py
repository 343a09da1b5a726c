"""Deleting all that matches, which must not be more than was meant."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from rest_framework.test import APIClient

from memories.models import Memory

pytestmark = pytest.mark.django_db
URL = "/v1/memories/"


@pytest.fixture
def kept(alice_api: APIClient) -> dict[str, str]:
    """Four memories, three of them Ann's: name -> id."""
    said: dict[str, dict[str, Any]] = {
        "tea": {"user_id": "ann", "metadata": {"n": 1}},
        "coffee": {"user_id": "ann", "metadata": {"n": 2}, "agent_id": "guide"},
        "milk": {"user_id": "ann"},
        "beer": {"user_id": "bea"},
    }
    answers = {
        name: alice_api.post("/v3/memories/add/", {"messages": f"I drink {name}.", "infer": False, **more})
        for name, more in said.items()
    }
    return {name: answer.json()["results"][0]["id"] for name, answer in answers.items()}


def left(kept: dict[str, str]) -> set[str]:
    there = {str(pk) for pk in Memory.objects.kept().values_list("pk", flat=True)}
    return {name for name, memory_id in kept.items() if memory_id in there}


ALL = {"tea", "coffee", "milk", "beer"}
FILTERS: list[tuple[dict[str, Any], set[str]]] = [
    ({"user_id": "ann"}, {"beer"}),
    ({"userId": "ann"}, {"beer"}),
    ({"AND": [{"user_id": "ann"}, {"NOT": {"agent_id": "guide"}}]}, {"coffee", "beer"}),
    ({"user_id": "ann", "metadata": {"n": {"gte": 2}}}, {"tea", "milk", "beer"}),
    ({"user_id": {"in": ["ann", "bea"]}, "text": "beer"}, {"tea", "coffee", "milk"}),
    ({"user_id": "*"}, set()),
    ({"user_id": "nobody"}, ALL),
]


@pytest.mark.parametrize(("filters", "remaining"), FILTERS)
@pytest.mark.parametrize("place", ["query", "body"])
def test_the_filter_language_is_that_of_lists(
    alice_api: APIClient, kept: dict[str, str], place: str, filters: dict[str, Any], remaining: set[str]
) -> None:
    if place == "query":
        answer = alice_api.delete(f"{URL}?{urlencode({'filters': json.dumps(filters)})}")
    else:
        answer = alice_api.delete(URL, {"filters": filters})
    assert (answer.status_code, answer.json()["count"]) == (200, len(ALL - remaining))
    assert left(kept) == remaining


def test_ids_metadata_and_filters_all_apply(alice_api: APIClient, kept: dict[str, str]) -> None:
    query = urlencode({"user_id": "ann", "metadata": '{"n": {"lt": 3}}'})
    answer = alice_api.delete(f"{URL}?{query}", {"filters": {"NOT": {"text": "tea"}}, "agent_id": "guide"})
    assert answer.json()["count"] == 1
    assert left(kept) == ALL - {"coffee"}


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({}, None),
        ({}, {}),
        ({}, []),
        ({"user_id": ""}, None),
        ({"filters": "{'user_id': 'ann'}"}, None),  # what Python 2.2.1 makes of delete_all(filters=…)
        ({"filters": "{'user_id': 'ann'}", "user_id": "ann"}, None),
        ({"filters": "{}", "user_id": "ann"}, None),
        ({"filters": "", "user_id": "ann"}, None),
        ({"filters": "[" * 100_000}, None),
        ({"filters": '{"text": "tea"}'}, None),
        ({"filters": '{"user_id": {"ne": "bea"}}'}, None),
        ({"filters": '{"OR": [{"user_id": "ann"}, {"text": "beer"}]}'}, None),
        ({"filters": '{"user_id": "ann", "colour": "red"}'}, None),
        ({"user_id": "ann", "metadata": "[1]"}, None),
        ({"metadata": '{"n": 1}'}, None),
        ({}, {"filters": {}}),
        ({}, {"filters": None}),
        ({}, {"filters": {"metadata": {"n": 1}}}),
        ({}, {"user_id": ["ann"]}),
    ],
)
def test_without_a_scope_that_can_be_read_nothing_is_deleted(
    alice_api: APIClient, kept: dict[str, str], query: dict[str, str], body: Any
) -> None:
    answer = alice_api.delete(f"{URL}?{urlencode(query)}", body)
    assert answer.status_code == 400
    assert left(kept) == ALL


@pytest.mark.parametrize("name", ["categories", "text", "keywords", "start_date", "created_at", "memory_ids", "limit"])
def test_what_narrows_a_list_is_not_passed_over(alice_api: APIClient, kept: dict[str, str], name: str) -> None:
    for answer in (
        alice_api.delete(f"{URL}?user_id=ann&{name}=1"),
        alice_api.delete(URL, {"user_id": "ann", name: 1}),
    ):
        assert answer.status_code == 400
        assert f"{name}: That is not read here: say it in filters" in answer.json()["detail"]
    assert left(kept) == ALL


def test_another_project_keeps_its_own(alice_api: APIClient, charlie_api: APIClient, kept: dict[str, str]) -> None:
    everybody = {"OR": [{key: "*"} for key in ("user_id", "agent_id", "app_id", "run_id")]}
    assert charlie_api.delete(URL, {"filters": everybody}).json()["count"] == 0
    assert left(kept) == ALL
