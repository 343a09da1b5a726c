"""Whose a memory becomes, wherever in the call of an add that is said."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from memories.models import EndUser, Event, Memory

pytestmark = pytest.mark.django_db
ADD = "/v3/memories/add/"
SAID = {"messages": "I sing.", "infer": False}


@pytest.mark.parametrize(
    "named",
    [
        {"user_id": "ann", "agent_id": "guide"},
        {"filters": {"user_id": "ann", "agent_id": "guide"}},
        {"filters": {"userId": "ann", "agentId": "guide"}},
        {"filters": {"AND": [{"user_id": "ann"}, {"agentId": "guide"}]}},
        {"user_id": "ann", "filters": {"agent_id": "guide", "user_id": "ann", "app_id": None}},
    ],
)
def test_names_are_read_beside_the_filters_and_in_them(alice_api: APIClient, named: dict[str, Any]) -> None:
    assert alice_api.post(ADD, {**SAID, **named}).status_code == 200
    memory = Memory.objects.get()
    assert (memory.end_user and memory.end_user.name, memory.agent and memory.agent.name) == ("ann", "guide")


def test_a_number_is_a_name(alice_api: APIClient) -> None:
    assert alice_api.post(ADD, {**SAID, "filters": {"user_id": 7}}).status_code == 200
    assert EndUser.objects.get().name == "7"


@pytest.mark.parametrize(
    ("named", "complaint"),
    [
        ({"filters": {"user_id": {"in": ["ann"]}}}, "filters.user_id: Not a valid string"),
        ({"filters": {"user_id": ["ann"]}}, "filters.user_id: Not a valid string"),
        ({"filters": {"user_id": True}}, "filters.user_id: Not a valid string"),
        ({"filters": {"user_id": " "}}, "filters.user_id: This field may not be blank"),
        ({"filters": {"OR": [{"user_id": "ann"}]}}, "Say whose memory this is"),
        ({"filters": {"AND": ["ann"]}}, "Say whose memory this is"),
        ({"user_id": "ann", "filters": {"user_id": "bea"}}, "user_id: Two are named, 'ann' and 'bea'"),
        ({"filters": {"AND": [{"user_id": "ann"}, {"userId": "bea"}]}}, "user_id: Two are named"),
        ({"user_id": "*"}, 'user_id: "*" stands for any name'),
        ({"user_id": "ann", "filters": {"run_id": "*"}}, 'filters.run_id: "*" stands for any name'),
    ],
)
def test_what_names_nobody_or_two_is_refused(alice_api: APIClient, named: dict[str, Any], complaint: str) -> None:
    answer = alice_api.post(ADD, {**SAID, **named})
    assert answer.status_code == 400
    assert complaint in answer.json()["detail"]
    assert not Event.objects.exists()
    assert not EndUser.objects.exists()


def test_nobody_can_be_created_who_would_stand_for_all(alice_api: APIClient) -> None:
    assert alice_api.post("/v1/users/", {"user_id": "*"}).status_code == 400
    assert alice_api.post("/v1/runs/", {"name": "*"}).status_code == 400
    assert not EndUser.objects.exists()


@pytest.mark.parametrize("name", ["two\nlines", "two\r\nlines/and a slash", "two\N{LINE SEPARATOR}lines", " spaces "])
def test_a_name_of_several_lines_or_with_spaces_around_it_is_found_and_erased(alice_api: APIClient, name: str) -> None:
    assert alice_api.post(ADD, {**SAID, "user_id": name}).status_code == 200
    assert alice_api.post("/v3/memories/", {"filters": {"user_id": name}}).json()["count"] == 1
    path = f"/v2/entities/user/{quote(name, safe='')}/"
    assert alice_api.get(path).json()["name"] == name
    assert alice_api.get(f"/v1/memories/user/{quote(name, safe='')}/").json()[0]["memory"] == "I sing."
    assert alice_api.get(f"{path}profile/").json()["entity_id"] == name
    assert alice_api.delete(path).status_code == 200
    assert not Memory.objects.exists()
