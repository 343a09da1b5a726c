"""Every error of the API is JSON of one shape, also where no view of it was reached; HTML never."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Project
from tests.conftest import Remember, api_client

ADD = "/v3/memories/add/"
SEARCH = {"query": "tea", "filters": {"user_id": "ann"}}


def assert_is_error(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/json")
    body = answer.json()
    assert set(body) - {"fields"} == {"detail", "error", "code", "request_id"}
    assert body["detail"] == body["error"] != ""
    assert (body["code"], body["request_id"]) == (code, answer["X-Request-ID"])
    return dict(body)


@pytest.mark.parametrize("root", ["v1", "v2", "v3", "api"])
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "options"])
@pytest.mark.django_db
def test_an_unknown_path(root: str, method: str, alice_api: APIClient) -> None:
    for path in (f"/{root}/", f"/{root}", f"/{root}/nothing/at/all/"):
        assert_is_error(getattr(alice_api, method)(path), 404, "not_found")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
def test_a_wrong_method(method: str, alice_api: APIClient) -> None:
    answer = alice_api.generic(method, ADD)
    assert_is_error(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "POST, OPTIONS"


def test_an_unreadable_body_a_wrong_key_and_a_small_scope(alice: Any, alice_api: APIClient) -> None:
    assert_is_error(alice_api.post(ADD, "{", content_type="application/json"), 400, "parse_error")
    assert_is_error(alice_api.post(ADD, {}), 400, "invalid")
    assert_is_error(Client().post(ADD), 401, "not_authenticated")
    assert_is_error(Client().post(ADD, headers={"Authorization": "Token mh_x_y"}), 401, "authentication_failed")
    assert_is_error(api_client(alice, scope="read").post(ADD, {}), 403, "permission_denied")


@pytest.mark.parametrize("path", ["/v1/ping/", ADD, "/v1/nothing/"])
def test_a_host_that_is_not_ours(path: str, db: None) -> None:
    assert_is_error(Client().get(path, headers={"Host": "evil.example"}), 400, "invalid")


def test_more_query_parameters_than_django_reads(alice_api: APIClient) -> None:
    assert_is_error(alice_api.get("/v1/events/?" + "&a=1" * 1001), 400, "invalid")


def test_a_nul_in_the_address(alice_api: APIClient) -> None:
    assert_is_error(alice_api.get("/v1/memories/%00/"), 400, "invalid")


def test_a_failure_of_ours(alice_api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memories.api.memories.search", None)
    assert_is_error(alice_api.post("/v3/memories/search/", SEARCH), 500, "internal_error")


def test_a_model_that_does_not_answer_says_when_to_come_back(
    alice_api: APIClient, remember: Remember, settings: Any
) -> None:
    memory = remember("I like tea.")
    options = {"base_url": "http://127.0.0.1:9/v1", "api_key": "sk-x", "model": "none", "timeout": 1.0}
    settings.PROVIDERS = {"embedder": {"BACKEND": "providers.openai_embedder.OpenAIEmbedder", "OPTIONS": options}}
    Project.objects.update(embedder="none")
    answer = alice_api.put(f"/v1/memories/{memory.pk}/", {"text": "I like mate."})
    assert_is_error(answer, 503, "provider_unavailable")
    assert answer["Retry-After"] == "5"


def test_people_get_a_page_for_a_request_that_django_refuses(db: None) -> None:
    answer = Client().get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert b"<html" in answer.content
