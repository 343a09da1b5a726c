"""Review over the API."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiKey, Project, User
from memories.models import Memory, Suppression
from memories.services.changes import Actor
from memories.services.rules import add_rule
from tests.conftest import Remember, api_client

POLICY = "/api/v1/review/policy/"
DECISIONS = "/api/v1/review/decisions/"


def said(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.json()
    return answer.json()


@pytest.fixture
def waiting(alice_project: Project, remember: Remember) -> Memory:
    add_rule(project=alice_project, actor=Actor(label="a test"), outcome="review", categories=[])
    return remember("I like tea")


def test_what_waits_is_listed_and_decided_on(waiting: Memory, remember: Remember, alice_api: APIClient) -> None:
    remember("I like rice", "ben")
    assert said(alice_api.get("/api/v1/review/"))["count"] == 2
    [mine] = said(alice_api.get("/api/v1/review/?user_id=ann"))["results"]
    assert (mine["id"], mine["lifecycle_state"], mine["confidence"]) == (str(waiting.pk), "pending", 1.0)
    decision = {"memory_id": str(waiting.pk), "verdict": "approve", "text": "I like green tea"}
    assert said(alice_api.post(DECISIONS, {"decisions": [decision], "reason": "true"}))["count"] == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.text) == ("active", "I like green tea")
    refused = said(alice_api.post(DECISIONS, {"decisions": [decision]}), 409)
    assert refused["code"] == "cannot_decide"


@pytest.mark.parametrize(
    "body", [{}, {"decisions": []}, {"decisions": [{"memory_id": "x", "verdict": "approve"}]}, {"decisions": [{}]}]
)
def test_a_decision_says_what_and_of_what(body: Any, alice_api: APIClient) -> None:
    said(alice_api.post(DECISIONS, body), 400)


def test_a_memory_is_superseded_by_name(waiting: Memory, alice_api: APIClient, alice_project: Project) -> None:
    Memory.objects.filter(pk=waiting.pk).update(state="active")
    body = {"messages": "I like coffee", "user_id": "ann", "infer": False}
    [added] = said(alice_api.post("/v3/memories/add/", body))["results"]
    decision = {"memory_id": added["id"], "verdict": "supersede", "other_id": str(waiting.pk)}
    said(alice_api.post(DECISIONS, {"decisions": [decision]}))
    waiting.refresh_from_db()
    assert (waiting.state, str(waiting.superseded_by_id)) == ("superseded", added["id"])


def test_a_stranger_decides_nothing(waiting: Memory, charlie_api: APIClient) -> None:
    said(charlie_api.post(DECISIONS, {"decisions": [{"memory_id": str(waiting.pk), "verdict": "approve"}]}), 404)
    assert said(charlie_api.get("/api/v1/review/"))["count"] == 0


def test_the_policy_is_read_back_as_it_was_put(alice_api: APIClient, alice_project: Project) -> None:
    key = ApiKey.objects.get()
    rule = {
        "outcome": "review",
        "app_id": "diary",
        "confidence_below": 0.5,
        "categories": ["health"],
        "kinds": ["plan"],
        "layers": ["user"],
        "trust_at_most": "low",
    }
    none = {
        "app_id": None,
        "confidence_below": None,
        "categories": [],
        "kinds": [],
        "layers": [],
        "trust_at_most": None,
    }
    trust = [
        {"source": "agent", "id": "bot", "level": "high"},
        {"source": "api_key", "id": str(key.pk), "level": "low"},
    ]
    put = said(alice_api.put(POLICY, {"rules": [rule, {"outcome": "reject"}], "trust": trust}))
    assert put == said(alice_api.get(POLICY)) == {"rules": [rule, {"outcome": "reject", **none}], "trust": trust}
    assert said(alice_api.put(POLICY, {"rules": []})) == {"rules": [], "trust": []}


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"rules": [{"outcome": "maybe"}]},
        {"rules": [{"outcome": "review", "confidence_below": 2}]},
        {"rules": [{"outcome": "review", "kinds": ["opinion"]}]},
        {"rules": [], "trust": [{"source": "api_key", "id": "nope", "level": "low"}]},
        {"rules": [], "trust": [{"source": "app", "id": "a", "level": "low"}] * 2},
    ],
)
def test_a_policy_that_cannot_be_read_leaves_the_old_one(policy: Any, waiting: Memory, alice_api: APIClient) -> None:
    before = said(alice_api.get(POLICY))
    said(alice_api.put(POLICY, policy), 400)
    assert said(alice_api.get(POLICY)) == before


def test_a_limited_key_has_no_say_in_the_policy(alice: User, bob: User, alice_project: Project) -> None:
    ann = api_client(alice, end_user_name="ann")
    said(ann.get(POLICY), 404)
    said(ann.put(POLICY, {"rules": []}), 404)
    _key, secret = ApiKey.issue(project=alice_project, name="bob's", created_by=bob)
    member = APIClient(raise_request_exception=False)
    member.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    said(member.put(POLICY, {"rules": []}, format="json"), 403)


def test_what_is_suppressed_is_listed_and_lifted(waiting: Memory, remember: Remember, alice_api: APIClient) -> None:
    others = remember("I like rice", "ben")
    decisions = [{"memory_id": str(m.pk), "verdict": "suppress"} for m in (waiting, others)]
    said(alice_api.post(DECISIONS, {"decisions": decisions, "reason": "private"}))
    [kept] = said(alice_api.get("/api/v1/review/suppressions/?user_id=ann"))["results"]
    assert (kept["memory"], kept["user_id"], kept["reason"]) == ("I like tea", "ann", "private")
    said(alice_api.delete(f"/api/v1/review/suppressions/{kept['id']}/"))
    assert [row.text for row in Suppression.objects.all()] == ["I like rice"]
    said(alice_api.delete(f"/api/v1/review/suppressions/{kept['id']}/"), 404)
