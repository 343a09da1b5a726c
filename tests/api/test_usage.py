"""What models cost, told to apps; and failed events tried again, singly and in bulk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Project, User
from memories.models import Event
from memories.services import ingest
from tests.conftest import api_client
from tests.core.test_ingest import tell
from tests.spending import spend

pytestmark = pytest.mark.django_db
USAGE = "/v1/usage/"


def failed(user: User, code: str = "ProviderUnavailable", text: str = "I keep bees.") -> Event:
    event = tell(user, text)
    Event.objects.filter(pk=event.pk).update(
        status="FAILED", error_code=code, error="It is away.", tries=6, attempts=6, completed_at=timezone.now()
    )
    event.refresh_from_db()
    return event


class TestUsage:
    def test_nothing_used_is_nothing(self, alice_api: APIClient) -> None:
        answer = alice_api.get(USAGE).json()
        assert (answer["days"], answer["models"], answer["budgets"]) == ([], [], [])
        assert answer["total"]["cost"] is None
        assert answer["total"]["calls"] == answer["total"]["input_tokens"] == 0

    def test_sums_by_day_and_by_model(self, alice_api: APIClient, alice_project: Project) -> None:
        day = datetime(2026, 3, 2, 23, 59, tzinfo=UTC)
        spend(alice_project, tokens=10, cost="0.5", at=day, output_tokens=1)
        spend(alice_project, tokens=20, cost="0.25", at=day)
        spend(alice_project, tokens=5, at=day, model="llama", provider="ollama", purpose="summary")
        spend(alice_project, at=day + timedelta(minutes=1), outcome="ProviderTimeout")
        spend(alice_project, tokens=999, at=day - timedelta(days=40))
        answer = alice_api.get(USAGE, {"start_date": "2026-03-01", "end_date": "2026-03-03"}).json()
        assert [row["date"] for row in answer["days"]] == ["2026-03-03", "2026-03-02"]
        assert answer["days"][1] == {
            "date": "2026-03-02",
            "calls": 3,
            "failed_calls": 0,
            "unpriced_calls": 1,
            "input_tokens": 35,
            "output_tokens": 1,
            "cost": 0.75,
        }
        told = [(row["provider"], row["model"], row["purpose"], row["cost"]) for row in answer["models"]]
        assert told == [("openai", "gpt-test", "extraction", 0.75), ("ollama", "llama", "summary", None)]
        assert (answer["total"]["calls"], answer["total"]["failed_calls"]) == (4, 1)

    def test_without_dates_it_is_the_last_thirty_days(self, alice_api: APIClient, alice_project: Project) -> None:
        now = timezone.now()
        spend(alice_project, tokens=1)
        spend(alice_project, tokens=2, at=now - timedelta(days=29))
        spend(alice_project, tokens=4, at=now - timedelta(days=30))
        assert alice_api.get(USAGE).json()["total"]["input_tokens"] == 3

    @pytest.mark.parametrize(
        "query",
        [
            {"start_date": "2026-03-02", "end_date": "2026-03-01"},
            {"start_date": "2024-01-01", "end_date": "2026-01-01"},
            {"start_date": "soon"},
            {"end_date": "0001-01-01"},
        ],
    )
    def test_a_period_that_is_none_is_refused(self, alice_api: APIClient, query: dict[str, str]) -> None:
        assert alice_api.get(USAGE, query).status_code == 400

    def test_budgets_say_how_they_stand(self, alice_api: APIClient, alice_project: Project) -> None:
        alice_project.daily_token_budget, alice_project.monthly_cost_budget = 10, Decimal("2.5")
        alice_project.save()
        spend(alice_project, tokens=10, cost="0.5")
        tokens, cost = alice_api.get(USAGE).json()["budgets"]
        assert (tokens["unit"], tokens["period"], tokens["limit"], tokens["is_used_up"]) == ("tokens", "day", 10, True)
        assert (cost["unit"], cost["used"], cost["is_used_up"]) == ("cost", 0.5, False)
        assert datetime.fromisoformat(tokens["renewed_at"]) > timezone.now()

    def test_it_is_the_callers_projects_alone(
        self, alice: User, alice_project: Project, charlie_api: APIClient
    ) -> None:
        spend(alice_project, tokens=10)
        assert charlie_api.get(USAGE).json()["total"]["calls"] == 0
        assert api_client(alice, end_user_name="ann").get(USAGE).status_code == 403


class TestListing:
    def test_events_are_told_by_their_state_and_type(self, alice: User, alice_api: APIClient) -> None:
        broken, waiting = failed(alice), tell(alice, "I keep cats.")
        for query, expected in (
            ("?status=FAILED", [broken]),
            ("?status=PENDING&event_type=ADD&page_size=1", [waiting]),
            ("?status=SUCCEEDED", []),
            ("?event_type=SEARCH", []),
            ("", [waiting, broken]),
        ):
            page = alice_api.get(f"/v1/events/{query}").json()
            assert [event["id"] for event in page["results"]] == [str(event.pk) for event in expected], query
            assert page["count"] == len(expected)

    @pytest.mark.parametrize("query", ["status=DONE", "event_type=add", "status="])
    def test_a_state_or_type_that_there_is_not_is_refused(self, alice_api: APIClient, query: str) -> None:
        assert alice_api.get(f"/v1/events/?{query}").status_code == 400


class TestRetry:
    def test_a_failed_event_is_tried_again(self, alice: User, alice_api: APIClient) -> None:
        event = failed(alice)
        answer = alice_api.post(f"/v1/event/{event.pk}/retry/")
        assert (answer.status_code, answer.json()["status"]) == (200, "PENDING")
        ingest.ingest(event.pk)
        assert alice_api.get(f"/v1/event/{event.pk}/").json()["status"] == "SUCCEEDED"
        again = alice_api.post(f"/v1/event/{event.pk}/retry/")
        assert (again.status_code, again.json()["code"]) == (409, "not_failed")

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({}, {0, 1, 2}),
            ({"error_code": "ProviderUnavailable"}, {0, 1}),
            ({"event_ids": [1, 2]}, {1, 2}),
            ({"event_ids": [1, 2], "error_code": "ProviderUnavailable"}, {1}),
            ({"event_ids": []}, set()),
        ],
    )
    def test_failed_events_are_tried_again_in_bulk(
        self, alice: User, alice_api: APIClient, body: dict[str, Any], expected: set[int]
    ) -> None:
        codes = ("ProviderUnavailable", "ProviderUnavailable", "ProviderRejected")
        events = [failed(alice, code) for code in codes]
        done = tell(alice, "I sold my car.")
        ingest.ingest(done.pk)
        given = dict(body)
        if "event_ids" in body:
            given["event_ids"] = [str(events[i].pk) for i in body["event_ids"]]
        assert alice_api.post("/v1/events/retry/", given).json()["count"] == len(expected)
        pending = set(Event.objects.filter(status="PENDING", tries=0).values_list("pk", flat=True))
        assert pending == {events[i].pk for i in expected}

    def test_a_strangers_events_are_not_there(self, alice: User, charlie_api: APIClient) -> None:
        event = failed(alice)
        assert charlie_api.post(f"/v1/event/{event.pk}/retry/").status_code == 404
        assert charlie_api.post("/v1/events/retry/", {"event_ids": [str(event.pk)]}).json()["count"] == 0
        assert charlie_api.post(f"/v1/event/{uuid4()}/retry/").status_code == 404
        event.refresh_from_db()
        assert event.status == "FAILED"

    def test_a_key_that_only_reads_retries_nothing(self, alice: User) -> None:
        event = failed(alice)
        reader = api_client(alice, scope="read")
        assert reader.post(f"/v1/event/{event.pk}/retry/").status_code == 403
        assert reader.post("/v1/events/retry/", {}).status_code == 403

    def test_more_than_are_rung_for_at_once_are_put_back_all_the_same(
        self,
        alice: User,
        alice_api: APIClient,
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        rung: list[Any] = []
        monkeypatch.setattr("memories.dispatch.ring", lambda job_id, task: rung.append(job_id))
        monkeypatch.setattr(ingest, "RUNG_AT_ONCE", 2)
        for _ in range(3):
            failed(alice)
        with django_capture_on_commit_callbacks(execute=True):
            assert alice_api.post("/v1/events/retry/", {}).json()["count"] == 3
        assert len(rung) == 2
        assert Event.objects.filter(status="PENDING").count() == 3
