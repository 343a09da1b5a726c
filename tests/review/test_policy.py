"""What a review policy does to statements, and that nobody recalls what awaits review."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import ApiKey, Project, User
from accounts.principal import Principal
from memories.derivation.schema import Schema
from memories.models import App, EndUser, Event, Memory, MemoryExport, ReviewRule
from memories.models.review import Trust
from memories.models.stated import Kind, Layer
from memories.services.changes import Actor
from memories.services.exports import export, request_export
from memories.services.policy import Outcome, Policy
from memories.services.profile_evidence import sources_of
from memories.services.record import Conversation, Said, record
from memories.services.review import Decision, Verdict, decide
from memories.services.rules import add_rule, move_first, set_trust
from tests.conftest import Remember, api_client

ACTOR = Actor(label="a test")
REVIEW, REJECT, ACCEPT = Outcome.REVIEW, Outcome.REJECT, Outcome.ACCEPT


def rule(**fields: Any) -> ReviewRule:
    return ReviewRule(**{"outcome": REVIEW, **fields})


@pytest.mark.parametrize(
    ("conditions", "fits"),
    [
        ({}, True),
        ({"confidence_below": 0.7}, True),
        ({"confidence_below": 0.6}, False),
        ({"categories": ["health", "money"]}, True),
        ({"categories": ["sport"]}, False),
        ({"kinds": [Kind.PLAN]}, True),
        ({"kinds": [Kind.FACT]}, False),
        ({"layers": [Layer.SESSION, Layer.USER]}, True),
        ({"layers": [Layer.ORGANIZATION]}, False),
        ({"trust_at_most": Trust.ORDINARY}, True),
        ({"trust_at_most": Trust.LOW}, False),
        ({"categories": ["health"], "kinds": [Kind.FACT]}, False),
        ({"categories": ["health"], "confidence_below": 0.9, "kinds": [Kind.PLAN]}, True),
    ],
)
def test_a_rule_fits_what_all_its_conditions_fit(conditions: dict[str, Any], fits: bool) -> None:
    memory = Memory(text="I will see a doctor", confidence=0.6, categories=["health"], kind=Kind.PLAN)
    assert Policy([rule(**conditions)]).decide(memory) == (REVIEW if fits else ACCEPT)


def test_the_first_rule_that_fits_decides() -> None:
    memory = Memory(text="x", confidence=0.6)
    rules = [rule(confidence_below=0.5, outcome=REJECT), rule(outcome=ACCEPT), rule(outcome=REJECT)]
    assert Policy(rules).decide(memory) == ACCEPT


@pytest.fixture
def review_all(alice_project: Project) -> ReviewRule:
    return add_rule(project=alice_project, actor=ACTOR, outcome=REVIEW)


def states() -> dict[str, str]:
    return dict(Memory.objects.values_list("text", "state"))


class TestInIngestion:
    def test_a_statement_waits_or_is_refused_with_the_reason(self, remember: Remember, alice_project: Project) -> None:
        app = App.objects.create(project=alice_project, name="diary")
        add_rule(project=alice_project, actor=ACTOR, outcome=REVIEW)
        add_rule(project=alice_project, actor=ACTOR, outcome=ACCEPT, app=app)
        remember("I like tea")
        remember("I like rice", app_id="diary")
        assert states() == {"I like tea": "pending", "I like rice": "active"}
        move_first(rule=add_rule(project=alice_project, actor=ACTOR, outcome=REJECT, app=app), actor=ACTOR)
        with pytest.raises(Memory.DoesNotExist):
            remember("I like soup", app_id="diary")
        event = Event.objects.first()
        assert event is not None
        assert event.refusals == [{"text": "I like soup", "reason": "the review policy rejects it"}]

    def test_the_least_trusted_part_of_a_source_counts(
        self, remember: Remember, alice: User, alice_project: Project
    ) -> None:
        add_rule(project=alice_project, actor=ACTOR, outcome=REVIEW, trust_at_most=Trust.LOW)
        remember("I like tea", app_id="web")
        web = App.objects.get(name="web")
        set_trust(project=alice_project, app=web, level=Trust.LOW, actor=ACTOR)
        key, _secret = ApiKey.issue(project=alice_project, name="k", created_by=alice)
        set_trust(project=alice_project, api_key=key, level=Trust.HIGH, actor=ACTOR)
        conversation = Conversation(
            said=[Said(role="user", text="I like rice")], entities={"user_id": "ann", "app_id": "web"}, infer=False
        )
        record(principal=Principal(api_key=key), project=alice_project, conversation=conversation)
        set_trust(project=alice_project, app=web, level=None, actor=ACTOR)
        remember("I like soup", app_id="web")
        assert states() == {"I like tea": "active", "I like rice": "pending", "I like soup": "active"}

    def test_the_same_words_again_are_evidence_for_what_waits(
        self, remember: Remember, review_all: ReviewRule
    ) -> None:
        memory = remember("I like tea")
        assert remember("I like tea") == memory
        assert memory.sources.count() == 2

    def test_another_projects_rules_are_not_ours(self, remember: Remember, charlie: User) -> None:
        add_rule(project=Project.objects.get(organization__memberships__user=charlie), actor=ACTOR, outcome=REJECT)
        assert remember("I like tea").state == "active"


ANN = {"filters": {"user_id": "ann"}}


@pytest.mark.usefixtures("review_all")
class TestNobodyRecallsWhatWaits:
    """One test per door; `secret` is the word that must not come out of it."""

    @pytest.fixture(autouse=True)
    def waiting(self, review_all: ReviewRule, remember: Remember) -> Memory:
        memory = remember("I keep a secret")
        Memory.objects.update(categories=["secrets"], metadata={"secret_key": 1})
        return memory

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/v3/memories/search/", {"query": "secret", **ANN}),
            ("/v2/memories/search/", {"query": "secret", **ANN}),
            ("/v1/memories/search/", {"query": "secret", "user_id": "ann"}),
            ("/v3/memories/", ANN),
            ("/v3/memories/", {**ANN, "latest_only": False, "show_expired": True}),
            ("/v2/memories/", ANN),
            ("/v1/summary/", ANN),
            ("/api/v1/memories/as-of/", {"user_id": "ann", "as_of": "2199-01-01T00:00:00Z"}),
        ],
    )
    def test_by_a_reading_post(self, path: str, body: Any, alice_api: APIClient) -> None:
        answer = alice_api.post(path, body)
        assert answer.status_code == 200, answer.json()
        assert "secret" not in json.dumps(answer.json())

    @pytest.mark.parametrize(
        "path",
        [
            "/v1/memories/?user_id=ann",
            "/v1/memories/user/ann/",
            "/v1/memories/events/",
            "/v1/entities/filters/",
            "/v2/entities/user/ann/profile/",
        ],
    )
    def test_by_a_get(self, path: str, alice_api: APIClient) -> None:
        answer = alice_api.get(path)
        assert answer.status_code == 200
        assert "secret" not in json.dumps(answer.json())

    def test_by_counts(self, alice_api: APIClient) -> None:
        counted = alice_api.get("/v1/stats/").json()
        assert (counted["total_memories"], counted["memories_by_category"]) == (0, {})
        assert counted["memories_by_state"] == {"pending": 1}
        assert alice_api.get("/v1/entities/").json()["results"][0]["total_memories"] == 0

    def test_by_an_export(self, alice: User, alice_project: Project) -> None:
        schema = {"type": "object", "properties": {"memories": {"type": "array", "items": {"type": "string"}}}}
        made = request_export(
            principal=Principal(user=alice), project=alice_project, schema=Schema(schema), filters={"user_id": "ann"}
        )
        export(made.pk)
        done = MemoryExport.objects.get()
        assert (done.status, done.memory_ids) == ("SUCCEEDED", [])
        assert "secret" not in json.dumps(done.result)

    def test_by_a_profile(self) -> None:
        assert not sources_of(EndUser.objects.get(name="ann")).exists()

    @pytest.mark.parametrize("path", ["/", "/memories/", "/memories/?q=secret", "/memories/as-of/?on=2199-01-01"])
    def test_by_a_page(self, path: str, alice_client: Client) -> None:
        answer = alice_client.get(path)
        assert answer.status_code == 200
        assert "keep a secret" not in answer.content.decode()

    def test_it_is_read_by_its_id_and_says_what_it_is(self, waiting: Memory, alice_api: APIClient) -> None:
        # Who decides on it must be able to read it.
        assert alice_api.get(f"/v1/memories/{waiting.pk}/").json()["lifecycle_state"] == "pending"

    def test_approved_it_is_recalled(self, waiting: Memory, alice_api: APIClient) -> None:
        decide(decisions=[Decision(waiting, Verdict.APPROVE)], actor=ACTOR)
        [found] = alice_api.post("/v3/memories/search/", {"query": "secret", **ANN}).json()["results"]
        assert found["memory"] == "I keep a secret"
        assert alice_api.get("/v1/memories/events/").json()["results"][0]["event"] == "ADD"


def test_the_receipt_of_an_add_says_that_it_waits(review_all: ReviewRule, alice: User) -> None:
    body = {"messages": "I sing.", "user_id": "ann", "infer": False}
    [result] = api_client(alice).post("/v3/memories/add/", body).json()["results"]
    assert result["lifecycle_state"] == "pending"
