"""Whatever a call brings: a clear error that says what to do, and nothing lost or half done."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from memories.models import Event, Memory

pytestmark = pytest.mark.django_db
ADD = "/v3/memories/add/"
SEARCH = "/v3/memories/search/"
LIST = "/v3/memories/"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({}, "messages: This field is required"),
        ({"messages": "I sing."}, "at least one of user_id, agent_id, app_id, run_id"),
        ({"messages": [], "user_id": "a"}, "Send at least one message"),
        ({"messages": [{"role": "user", "content": " "}], "user_id": "a"}, "Every message is empty"),
        ({"messages": [{"role": "robot", "content": "x"}], "user_id": "a"}, '"robot" is not a valid choice'),
        ({"messages": [{"role": "user"}], "user_id": "a"}, "content: This field is required"),
        ({"messages": [7], "user_id": "a"}, "messages:"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}], "user_id": "a"},
            'A part of type "image_url" needs',
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "audio_url"}]}], "user_id": "a"},
            "'audio_url' can't be read",
        ),
        ({"messages": "x", "user_id": "a" * 256}, "no more than 255 characters"),
        (
            {"messages": "x", "filters": {"user_id": "a" * 256}},
            "filters.user_id: Ensure this field has no more than 255",
        ),
        ({"messages": "x", "user_id": "a", "expiration_date": "tomorrow"}, "expiration_date: Date has wrong format"),
        ({"messages": "x", "user_id": "a", "timestamp": 1e30}, "Unix seconds"),
        ({"messages": "x", "user_id": "a", "metadata": [1]}, "metadata: Expected a dictionary"),
        ({"messages": "x", "user_id": "a", "custom_categories": ["food"]}, "custom_categories"),
        ([1, 2], "Expected a dictionary"),
    ],
)
def test_an_add_that_cannot_be_kept_says_why_and_keeps_nothing(
    alice_api: APIClient, body: Any, complaint: str
) -> None:
    answer = alice_api.post(ADD, body)
    assert answer.status_code == 400
    assert complaint in answer.json()["detail"].replace("data. Expected", "Expected")
    assert set(answer.json()) >= {"detail", "error", "code", "request_id"}
    assert answer["X-Request-ID"] == answer.json()["request_id"]
    assert not Event.objects.exists()


def test_a_body_over_the_limit_is_413_and_keeps_nothing(settings: Any, alice_api: APIClient) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2000
    fits = {"messages": [{"role": "user", "content": "a" * 1900}], "user_id": "a"}
    assert alice_api.post(ADD, fits).status_code == 200
    answer = alice_api.post(ADD, {**fits, "metadata": {"more": "b" * 200}})
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert "2000 bytes" in answer.json()["detail"]
    assert Event.objects.count() == 1


@pytest.mark.parametrize("url", [SEARCH, LIST])
@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"query": "x"}, "filters: This field is required"),
        ({"query": "x", "filters": {}}, "Say whose memories are meant"),
        ({"query": "x", "filters": {"text": "tea"}}, "Say whose memories are meant"),
        ({"query": "x", "filters": {"user_id": "a", "colour": "red"}}, "Unknown filter field 'colour'"),
        ({"query": "x", "filters": "user_id=a"}, "Expected a dictionary"),
        ([], "Expected a dictionary"),
    ],
)
def test_a_read_that_has_no_meaning_says_why(alice_api: APIClient, url: str, body: Any, complaint: str) -> None:
    answer = alice_api.post(url, body)
    assert answer.status_code == 400
    assert complaint in answer.json()["detail"]


@pytest.mark.parametrize(
    "more", [{"top_k": 0}, {"top_k": 1001}, {"threshold": 2}, {"query": ""}, {"query": " "}, {"threshold": "high"}]
)
def test_search_limits(alice_api: APIClient, more: dict[str, Any]) -> None:
    assert alice_api.post(SEARCH, {"query": "x", "filters": {"user_id": "a"}, **more}).status_code == 400


@pytest.mark.parametrize("page", ["?page=0", "?page=x", f"?page={10**20}", "?page_size=201"])
def test_page_limits(alice_api: APIClient, page: str) -> None:
    assert alice_api.post(LIST + page, {"filters": {"user_id": "a"}}).status_code == 400
    assert alice_api.get("/v1/events/" + page).status_code == 400


def test_a_body_that_is_not_json_is_400(alice_api: APIClient) -> None:
    answer = alice_api.post(ADD, "{'messages'", content_type="application/json")
    assert answer.status_code == 400
    assert "JSON parse error" in answer.json()["detail"]


def test_the_content_type_does_not_matter(alice_api: APIClient) -> None:
    body = '{"messages": "I sing.", "user_id": "ann", "infer": false}'
    assert alice_api.post(ADD, body, content_type="text/plain").json()["status"] == "SUCCEEDED"


@pytest.mark.parametrize("path", ["/v1/nothing/", "/v3/memories/add", "/api/v9/"])
def test_an_unknown_path_is_a_json_404_and_never_a_redirect(alice_api: APIClient, path: str) -> None:
    answer = alice_api.post(path, {})
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"


def test_a_wrong_method_is_405_in_json(alice_api: APIClient) -> None:
    answer = alice_api.get(ADD)
    assert answer.status_code == 405
    assert "GET" in answer.json()["detail"]


def test_an_update_with_nothing_in_it_is_400(alice_api: APIClient) -> None:
    added = alice_api.post(ADD, {"messages": "I sing.", "user_id": "ann", "infer": False}).json()
    url = f"/v1/memories/{added['results'][0]['id']}/"
    assert alice_api.put(url, {}).status_code == 400
    assert alice_api.put(url, {"text": "  "}).status_code == 400
    conflict = alice_api.put(url, {"text": "I dance.", "version": 9})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "version_conflict")
    assert alice_api.get(url).json()["memory"] == "I sing."


def test_what_postgres_cannot_store_is_left_out(alice_api: APIClient) -> None:
    body = (
        r'{"messages": "I\u0000 sing \ud83d.", "user_id": "ann", "metadata": {"\u0000": ["\udfff"]}, "infer": false}'
    )
    added = alice_api.post(ADD, body, content_type="application/json")
    assert added.status_code == 200
    assert Memory.objects.get().text == "I sing ?."
    assert Memory.objects.get().metadata == {"": ["?"]}


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 400, "9" * 5000, "NaN", "Infinity"])
def test_a_number_without_end_is_400(alice_api: APIClient, number: str) -> None:
    body = f'{{"messages": "I sing.", "user_id": "ann", "metadata": {{"n": {number}}}, "infer": false}}'
    refused = alice_api.post(ADD, body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "parse_error")
    assert not Memory.objects.exists()


@pytest.mark.parametrize("body", [[], [None, None], "x", 1, None])
def test_a_list_of_v2_that_is_asked_for_without_an_object_is_400(alice_api: APIClient, body: object) -> None:
    assert alice_api.post("/v2/memories/", json.dumps(body), content_type="application/json").status_code == 400


@pytest.mark.parametrize("path", ["/v1/memories/?user_id=a%00", "/v2/entities/user/a%00/", "/v1/memories/%00/"])
def test_an_address_with_a_nul_is_400(alice_api: APIClient, path: str) -> None:
    assert alice_api.delete(path).status_code == 400


def test_any_json_at_all_is_answered_without_a_server_error(alice_api: APIClient) -> None:
    values = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
        max_leaves=12,
    )

    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from([ADD, SEARCH, LIST]), values)
    def never_500(url: str, body: Any) -> None:
        answer = alice_api.post(url, body)
        assert answer.status_code in (200, 400), answer.content

    never_500()


KEYS = [
    "messages", "role", "content", "user_id", "agent_id", "filters", "AND", "OR", "NOT", "metadata", "query", "top_k",
    "created_at", "gte", "in", "eq", "memory_ids", "categories", "text", "expiration_date", "infer", "timestamp",
]  # fmt: skip


@pytest.mark.parametrize("depth", [101, 900, 100_000])
def test_a_body_that_is_nested_without_end_is_400_and_keeps_nothing(alice_api: APIClient, depth: int) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        body = f'{{"messages": "x", "user_id": "a", "metadata": {opening * depth}1{closing * depth}}}'
        answer = alice_api.post(ADD, body, content_type="application/json")
        assert answer.status_code == 400
        assert "nested more than 100 levels deep" in answer.json()["detail"]
    assert not Event.objects.exists()


def test_what_is_nested_less_deep_is_kept_as_it_is(alice_api: APIClient) -> None:
    deep: Any = {"wide": [{} for _ in range(200)]}
    for _level in range(95):
        deep = {"a": deep}
    body = {"messages": "x", "user_id": "a", "metadata": deep, "infer": False}
    assert alice_api.post(ADD, body).status_code == 200
    assert Memory.objects.get().metadata == deep


def test_a_byte_order_mark_before_the_body_does_no_harm(alice_api: APIClient) -> None:
    body = b'\xef\xbb\xbf{"messages": "I sing.", "user_id": "ann", "infer": false}'
    assert alice_api.post(ADD, body, content_type="application/json; charset=UTF-8").json()["status"] == "SUCCEEDED"
