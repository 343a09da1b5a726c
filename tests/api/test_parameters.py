"""What stands beside the filters, or asks for a format, is followed, refused or warned of: never passed over."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from memories.models import Event
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
ADD = "/v3/memories/add/"
LIST = "/v3/memories/"
SEARCH = "/v3/memories/search/"
READS = [LIST, SEARCH, "/v2/memories/", "/v1/memories/search/", "/v2/memories/search/"]
ANN = {"user_id": "ann"}


def results(answer: Any) -> list[dict[str, Any]]:
    body = answer.json()
    return list(body if isinstance(body, list) else body["results"])


@pytest.mark.parametrize("path", READS)
def test_a_name_beside_the_filters_counts_as_well(alice_api: APIClient, remember: Remember, path: str) -> None:
    remember("I like tea")
    for beside, found in (
        (ANN, 1),
        ({"userId": "ann"}, 1),
        ({"agent_id": None, "run_id": ""}, 1),
        ({"user_id": "bea"}, 0),
        ({"run_id": "r1"}, 0),
    ):
        answer = alice_api.post(path, {"query": "tea", "filters": ANN, **beside})
        assert len(results(answer)) == found, beside


@pytest.mark.parametrize("path", [LIST, SEARCH])
def test_v3_wants_filters_all_the_same(alice_api: APIClient, path: str) -> None:
    assert alice_api.post(path, {"query": "tea", **ANN}).status_code == 400
    assert alice_api.post(path, {"query": "tea", "filters": {}, **ANN}).status_code == 400


@pytest.mark.parametrize("path", [LIST, SEARCH, "/v2/memories/", "/v1/memories/search/"])
def test_a_limit_is_kept_to(alice_api: APIClient, remember: Remember, path: str) -> None:
    for drink in ("tea", "coffee", "milk"):
        remember(f"I like {drink}")
    assert len(results(alice_api.post(path, {"query": "I", "filters": ANN, "limit": 2}))) == 2
    assert alice_api.post(path, {"query": "I", "filters": ANN, "limit": "all"}).status_code == 400


def test_in_a_list_of_pages_a_limit_is_the_size_of_a_page(alice_api: APIClient, remember: Remember) -> None:
    for drink in ("tea", "coffee", "milk"):
        remember(f"I like {drink}")
    page = alice_api.post(f"{LIST}?page=2", {"filters": ANN, "limit": 2}).json()
    assert (page["count"], len(page["results"])) == (3, 1)
    assert len(results(alice_api.post(f"{LIST}?page_size=1", {"filters": ANN, "limit": 2}))) == 1
    assert alice_api.post(LIST, {"filters": ANN, "limit": 201}).status_code == 400


@pytest.mark.parametrize("path", READS)
def test_a_format_that_nobody_knows_is_refused(alice_api: APIClient, path: str) -> None:
    known = {"v1.1"} if path in (LIST, SEARCH) else {"v1.0", "v1.1"}
    for output_format in ("v1.0", "v1.1", "v9", "xml", 3, ["v1.1"]):
        answer = alice_api.post(path, {"query": "tea", "filters": ANN, "output_format": output_format})
        assert answer.status_code == (200 if isinstance(output_format, str) and output_format in known else 400)
        if answer.status_code == 400:
            assert "output_format: " in answer.json()["detail"]
    assert alice_api.post(path, {"query": "tea", "filters": ANN, "output_format": None}).status_code == 200


def test_an_add_in_a_format_that_nobody_knows_keeps_nothing(alice_api: APIClient) -> None:
    for path, output_format in ((ADD, "v1.0"), (ADD, "v9"), ("/v1/memories/", "v9")):
        answer = alice_api.post(path, {"messages": "I sing.", **ANN, "infer": False, "output_format": output_format})
        assert answer.status_code == 400
        assert f'output_format: "{output_format}" is not a valid choice' in answer.json()["detail"]
    assert not Event.objects.exists()


def test_older_lists_have_two_formats(alice_api: APIClient, remember: Remember) -> None:
    remember("I like tea")
    for output_format, kind in (("v1.0", list), ("v1.1", dict), ("", list)):
        asked = {"filters": ANN, "output_format": output_format}
        for answer in (
            alice_api.post("/v2/memories/", asked),
            alice_api.get(f"/v1/memories/?user_id=ann&output_format={output_format}"),
        ):
            assert isinstance(answer.json(), kind)
            assert [memory["memory"] for memory in results(answer)] == ["I like tea"]
    assert alice_api.get("/v1/memories/?user_id=ann&output_format=v1.1").json()["relations"] == []


@pytest.mark.parametrize(("infer", "why"), [(True, "no language model is configured"), (False, "infer is false")])
def test_categories_that_nobody_files_by_are_named(alice_api: APIClient, infer: bool, why: str) -> None:
    custom = [{"fruit": "What grows on trees."}]
    body = {"messages": "I love pears.", **ANN, "infer": infer, "async_mode": False, "custom_categories": custom}
    answer = alice_api.post(ADD, body).json()
    assert answer["results"][0]["memory"] == "I love pears."
    assert answer["warnings"] == [f"custom_categories: only a language model can follow this, and {why}."]
    assert "warnings" not in alice_api.post(ADD, {**body, "custom_categories": []}).json()
