"""What models were asked and what it cost is written down; a budget stops the asking, never the keeping."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Project, User
from memories.metering.budgets import BudgetUsedUp, budgets_of, check_budgets
from memories.metering.charging import charged_to
from memories.metering.prices import cost_of
from memories.models import Event, Memory, ModelCall
from memories.models.job import OUT_OF_BUDGET
from memories.providers import CONSOLIDATION, get_chat
from memories.services.ingest import ingest
from memories.services.sweeping import sweep
from tests.conftest import Remember
from tests.core.test_ingest import outcome, tell, texts
from tests.extraction.replies import statements_of_users
from tests.providers.vendors import AnthropicWire
from tests.providers.wire import OpenAIWire, error
from tests.spending import spend

pytestmark = pytest.mark.django_db


def model(wire: OpenAIWire, name: str, vendor: str = "openai") -> dict[str, Any]:
    backends = {"openai": "providers.openai_chat.OpenAIChat", "anthropic": "providers.anthropic_chat.AnthropicChat"}
    options = {"base_url": wire.url, "api_key": "sk-test", "model": name, "timeout": 1.0, "preset": vendor}
    return {"BACKEND": backends[vendor], "OPTIONS": options}


@pytest.fixture
def wire() -> Iterator[OpenAIWire]:
    with OpenAIWire() as wire:
        wire.reply_with(statements_of_users)
        yield wire


@pytest.fixture
def claude() -> Iterator[AnthropicWire]:
    with AnthropicWire() as wire:
        yield wire


@pytest.fixture(autouse=True)
def cheap(settings: Any, wire: OpenAIWire) -> None:
    settings.MODEL_PRICES = {"wire-model": (Decimal("0.40"), Decimal("1.60"))}
    settings.PROVIDERS = {**settings.PROVIDERS, "chat": model(wire, "cheap")}


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    rung: list[Any] = []
    monkeypatch.setattr("memories.services.sweeping.ring", lambda job_id, task: rung.append(job_id))
    return rung


class TestCalls:
    def test_a_call_is_written_down_with_what_it_cost(self, alice: User, alice_project: Project) -> None:
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        call = ModelCall.objects.get()
        assert (call.project, call.job_id, call.purpose) == (alice_project, event.pk, "extraction")
        assert (call.provider, call.model, call.outcome) == ("openai", "wire-model-1", "answered")
        assert (call.input_tokens, call.output_tokens) == (11, 7)
        assert call.cost == (11 * Decimal("0.40") + 7 * Decimal("1.60")) / 1_000_000
        assert call.prompt_version in event_of(event).extractor
        assert 0 < call.duration < 5

    def test_so_is_one_that_failed(self, alice: User, wire: OpenAIWire) -> None:
        wire.script(error(500, "Oops."), wire.said("not JSON"))
        event = tell(alice, "I keep bees.")
        for _ in range(3):
            Event.objects.update(available_at=timezone.now())
            ingest(event.pk)
        calls = list(ModelCall.objects.order_by("pk").values_list("outcome", "input_tokens"))
        assert calls == [("ProviderUnavailable", 0), ("ProviderInvalidOutput", 11), ("answered", 11)]
        assert [call.cost for call in ModelCall.objects.filter(input_tokens=0)] == [0]
        assert set(ModelCall.objects.values_list("job_id", flat=True)) == {event.pk}

    def test_a_fallback_answers_and_is_named(
        self, alice: User, wire: OpenAIWire, claude: AnthropicWire, settings: Any
    ) -> None:
        settings.PROVIDERS = {
            **settings.PROVIDERS,
            "chat": [model(wire, "cheap"), model(claude, "dear", "anthropic")],
        }
        statement = {"statements": []}
        claude.reply_with(lambda request: statement)
        wire.script(error(429, "Slow down."))
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 1, "")
        told = list(ModelCall.objects.order_by("pk").values_list("provider", "outcome"))
        assert told == [("openai", "ProviderRateLimited"), ("anthropic", "answered")]

    def test_consolidation_has_a_model_of_its_own_where_one_is_set(
        self, alice_project: Project, wire: OpenAIWire, claude: AnthropicWire, settings: Any
    ) -> None:
        assert get_chat(CONSOLIDATION) is get_chat()
        settings.PROVIDERS = {**settings.PROVIDERS, CONSOLIDATION: model(claude, "dear", "anthropic")}
        chats = get_chat(), get_chat(CONSOLIDATION)
        assert [chat and chat.name for chat in chats] == ["cheap", "dear"]

    def test_a_summary_is_charged_to_the_callers_project(
        self, alice_api: Any, alice_project: Project, wire: OpenAIWire, remember: Remember
    ) -> None:
        remember("I keep bees.")
        wire.script(wire.said({"summary": "Keeps bees."}))
        assert alice_api.post("/v1/summary/", {"filters": {"user_id": "ann"}}).json()["summary"] == "Keeps bees."
        call = ModelCall.objects.get()
        assert (call.project, call.purpose, call.job_id) == (alice_project, "summary", None)
        assert call.prompt_version

    def test_a_jobs_embeddings_are_written_down_and_a_searchs_are_not(
        self, alice: User, alice_api: Any, wire: OpenAIWire, settings: Any
    ) -> None:
        embedder = {**model(wire, "e5"), "BACKEND": "providers.openai_embedder.OpenAIEmbedder"}
        settings.PROVIDERS = {**settings.PROVIDERS, "embedder": embedder}
        Project.objects.update(embedder="e5")
        settings.MODEL_BUDGETS = {**settings.MODEL_BUDGETS, "daily_token_budget": 19}
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 1, "")
        purposes = ModelCall.objects.order_by("pk").values_list("purpose", "model", "job_id")
        # The first embedding is of what was said, for the memories nearest to it.
        embedding, extraction = ("embedding", "e5", event.pk), ("extraction", "wire-model-1", event.pk)
        assert list(purposes) == [embedding, extraction, embedding]
        ModelCall.objects.filter(purpose="embedding").update(input_tokens=100)
        check_budgets(event.project_id)
        assert alice_api.post("/v3/memories/search/", {"query": "bees", "filters": {"user_id": "ann"}}).json()[
            "results"
        ]
        assert ModelCall.objects.count() == 3

    def test_what_nobody_is_charged_for_is_not_written_down(self) -> None:
        chat = get_chat()
        assert chat is not None
        chat.complete_json(system="s", user="[]", schema={"type": "object"}, schema_name="x")
        assert not ModelCall.objects.exists()

    def test_without_a_price_the_cost_is_unknown_not_nothing(self, settings: Any) -> None:
        settings.MODEL_PRICES = {
            "gpt-4.1": (Decimal(2), Decimal(8)),
            "gpt-4.1-mini": (Decimal("0.4"), Decimal("1.6")),
        }
        assert cost_of("llama", input_tokens=1, output_tokens=1) is None
        million = {"input_tokens": 1_000_000, "output_tokens": 1_000_000}
        assert cost_of("gpt-4.1-mini-2025-04-14", **million) == 2
        assert cost_of("gpt-4.1-2025-04-14", **million) == 10


def event_of(event: Event) -> Event:
    event.refresh_from_db()
    return event


class TestBudgets:
    def test_when_it_is_used_up_what_is_sent_is_kept_and_waits(
        self, alice: User, alice_project: Project, wire: OpenAIWire, settings: Any
    ) -> None:
        settings.MODEL_BUDGETS = {**settings.MODEL_BUDGETS, "daily_token_budget": 18}
        first, second = tell(alice, "I keep bees."), tell(alice, "I sold my car.")
        ingest(first.pk)
        ingest(second.pk)
        assert outcome(first) == ("SUCCEEDED", 1, "")
        assert outcome(second) == ("PENDING", 1, OUT_OF_BUDGET)
        assert second.tries == 0, "waiting is no try"
        tomorrow = (timezone.now() + timedelta(days=1)).date()
        assert second.available_at.date() == tomorrow
        assert "18 tokens a day is used up" in second.error
        assert second.messages.get().text == "I sold my car."
        assert len(wire.chats) == 1
        assert texts() == ["I keep bees."]

    def test_it_goes_on_when_the_period_is_over(
        self, alice: User, alice_project: Project, rung: list[Any], settings: Any
    ) -> None:
        settings.MODEL_BUDGETS = {**settings.MODEL_BUDGETS, "daily_token_budget": 10}
        spend(alice_project, tokens=10)
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        assert sweep() == 0
        yesterday = timezone.now() - timedelta(days=1)
        ModelCall.objects.update(created_at=yesterday)
        assert sweep() == 1
        assert rung == [event.pk]
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 2, "")
        assert (event.error, texts()) == ("", ["I keep bees."])

    def test_it_goes_on_when_the_budget_is_raised(
        self, alice: User, alice_project: Project, rung: list[Any], settings: Any
    ) -> None:
        alice_project.monthly_cost_budget = Decimal("0.50")
        alice_project.save()
        spend(alice_project, cost="0.50")
        event = tell(alice, "I keep bees.")
        ingest(event.pk)
        assert outcome(event) == ("PENDING", 1, OUT_OF_BUDGET)
        assert "0.50 a month" in event.error
        alice_project.monthly_cost_budget = Decimal("0.60")
        alice_project.save()
        sweep()
        assert rung == [event.pk]
        ingest(event.pk)
        assert outcome(event) == ("SUCCEEDED", 2, "")

    def test_another_projects_spending_does_not_count(
        self, alice: User, alice_project: Project, charlie: User, settings: Any
    ) -> None:
        settings.MODEL_BUDGETS = {**settings.MODEL_BUDGETS, "daily_token_budget": 100}
        spend(alice_project, tokens=100)
        ingest(tell(charlie, "I keep bees.").pk)
        assert Memory.objects.get().text == "I keep bees."

    def test_what_needs_no_model_is_not_held_up(
        self, alice: User, alice_project: Project, remember: Remember, settings: Any
    ) -> None:
        settings.MODEL_BUDGETS = {**settings.MODEL_BUDGETS, "daily_token_budget": 1}
        spend(alice_project, tokens=1)
        assert remember("I keep bees").text == "I keep bees"
        settings.PROVIDERS = {"embedder": settings.PROVIDERS["embedder"]}
        ingest(tell(alice, "I sold my car.").pk)
        assert texts() == ["I keep bees", "I sold my car."]

    def test_the_call_that_adds_says_that_it_waits(
        self, alice_api: Any, alice_project: Project, settings: Any
    ) -> None:
        settings.MODEL_BUDGETS = {**settings.MODEL_BUDGETS, "daily_token_budget": 1}
        spend(alice_project, tokens=1)
        body = {"messages": "I keep bees.", "user_id": "ann", "async_mode": False}
        answer = alice_api.post("/v3/memories/add/", body).json()
        assert answer["status"] == "PENDING"
        assert "is used up" in answer["warnings"][0]

    def test_a_summary_is_refused_with_the_time_to_wait(
        self, alice_api: Any, alice_project: Project, remember: Remember, settings: Any
    ) -> None:
        remember("I keep bees.")
        settings.MODEL_BUDGETS = {**settings.MODEL_BUDGETS, "monthly_token_budget": 1}
        spend(alice_project, tokens=1)
        answer = alice_api.post("/v1/summary/", {"filters": {"user_id": "ann"}})
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 0

    def test_the_longest_wait_counts_and_periods_are_the_calendars(
        self, alice_project: Project, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
        monkeypatch.setattr("memories.metering.budgets.timezone.now", lambda: now)
        alice_project.daily_token_budget, alice_project.monthly_token_budget = 10, 30
        alice_project.save()
        spend(alice_project, tokens=20, at=datetime(2026, 12, 1, tzinfo=UTC))
        spend(alice_project, tokens=10, at=datetime(2026, 11, 30, 23, 59, tzinfo=UTC))
        check_budgets(alice_project.pk)
        spend(alice_project, tokens=10, at=datetime(2026, 12, 31, tzinfo=UTC))
        daily, monthly = budgets_of(alice_project)
        assert (daily.used, monthly.used, daily.percent) == (10, 30, 100)
        assert daily.renewed_at == monthly.renewed_at == datetime(2027, 1, 1, tzinfo=UTC)
        with pytest.raises(BudgetUsedUp, match=r"a day|a month"):
            check_budgets(alice_project.pk)

    def test_a_projects_own_budget_goes_before_the_setting(self, alice_project: Project, settings: Any) -> None:
        settings.MODEL_BUDGETS = {**settings.MODEL_BUDGETS, "daily_token_budget": 5}
        assert [budget.limit for budget in budgets_of(alice_project)] == [5]
        alice_project.daily_token_budget = 0
        assert budgets_of(alice_project) == []

    def test_a_charge_ends_with_its_block(self, alice_project: Project) -> None:
        chat = get_chat()
        assert chat is not None
        with charged_to(alice_project.pk):
            chat.complete_json(system="s", user="[]", schema={"type": "object"}, schema_name="x")
        chat.complete_json(system="s", user="[]", schema={"type": "object"}, schema_name="x")
        assert ModelCall.objects.count() == 1
