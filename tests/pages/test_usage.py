"""What models cost, shown to people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Project, User
from memories.models import Event
from memories.templatetags.face import money
from tests.core.test_ingest import tell
from tests.pages.markup import text_of
from tests.spending import spend

pytestmark = pytest.mark.django_db


def test_before_anything_was_asked_it_says_so(alice_client: Client) -> None:
    page = text_of(alice_client.get("/usage/"))
    assert "No language model was asked" in page
    assert "nothing is spent" in page
    assert "models are asked without limit" in page


def test_sums_budgets_and_what_waits(alice_client: Client, alice: User, alice_project: Project) -> None:
    alice_project.daily_token_budget, alice_project.monthly_cost_budget = 12_345, Decimal("2.5")
    alice_project.save()
    spend(alice_project, tokens=12_345, cost="0.5")
    spend(alice_project, purpose="vision", model="sees", outcome="ProviderTimeout")
    waiting = tell(alice, "I keep bees.")
    Event.objects.filter(pk=waiting.pk).update(error_code="budget_used_up", error="Used up.")
    page = text_of(alice_client.get("/usage/"))
    assert "12,345 of 12,345 tokens" in page
    assert "Used up. Renewed at" in page
    assert "0.50 of 2.50 in money" in page
    assert 'value="100" max="100"' in page
    assert 'value="20" max="100"' in page
    assert "1 conversation waits" in page
    assert "Reading conversations" in page
    assert "Describing images" in page
    assert "1 call is of a model without a price" in page
    assert "style=" not in page


@pytest.mark.parametrize(
    ("language", "says", "waits"), [("ja", "本日", "予算を使い切りました"), ("zh-hans", "今天", "预算已用完")]
)
def test_in_other_languages(
    alice_client: Client, alice: User, alice_project: Project, language: str, says: str, waits: str
) -> None:
    alice_project.daily_token_budget = 10
    alice_project.save()
    spend(alice_project, tokens=10)
    headers = {"Accept-Language": language}
    assert says in text_of(alice_client.get("/usage/", headers=headers))
    event = tell(alice, "I keep bees.")
    Event.objects.filter(pk=event.pk).update(error_code="budget_used_up", error="In English.")
    for url in ("/jobs/", f"/jobs/{event.pk}/"):
        page = text_of(alice_client.get(url, headers=headers))
        assert waits in page
        assert "In English." not in page


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(None, "–"), (Decimal("0.0000156"), "0.000016"), (Decimal(0), "0.000000"), (Decimal("1234.5"), "1,234.50")],
)
def test_amounts_are_as_precise_as_it_matters(amount: Decimal | None, shown: str) -> None:
    with override("en"):
        assert money(amount) == shown


def test_a_stranger_sees_none_of_it(charlie_client: Client, alice_project: Project) -> None:
    spend(alice_project, tokens=12_345)
    assert "12,345" not in text_of(charlie_client.get("/usage/"))


def test_a_jobs_page_shows_its_calls(alice_client: Client, alice: User, alice_project: Project) -> None:
    event, other = tell(alice, "I keep bees."), tell(alice, "I sold my car.")
    spend(alice_project, tokens=1_234, job_id=event.pk, outcome="ProviderTimeout", prompt_version="2026-11-2")
    spend(alice_project, tokens=7, cost="0.000123", job_id=event.pk, model="gpt-other", provider="azure")
    page = text_of(alice_client.get(f"/jobs/{event.pk}/"))
    for shown in (
        "ProviderTimeout",
        "Prompt 2026-11-2",
        "1,234, 0",
        "gpt-other",
        "azure",
        "0.000123",
        "1.5 s",
        "Answered",
    ):
        assert shown in page
    assert "Calls of models" not in text_of(alice_client.get(f"/jobs/{other.pk}/"))


def test_failed_jobs_are_retried_by_cause(
    alice_client: Client, auditor_client: Client, alice: User, alice_project: Project
) -> None:
    for code in ("ProviderRejected", "ProviderRejected", "ProviderRefused"):
        event = tell(alice, f"I keep bees: {code}.")
        Event.objects.filter(pk=event.pk).update(status="FAILED", error_code=code, completed_at=timezone.now())
    page = text_of(alice_client.get("/jobs/?status=FAILED"))
    assert "Retry 2 with ProviderRejected" in page
    alice_client.post("/jobs/retry/", {"error_code": "ProviderRejected"})
    assert list(Event.objects.filter(status="FAILED").values_list("error_code", flat=True)) == ["ProviderRefused"]
    assert "Retry 1 with" not in text_of(alice_client.get("/jobs/?status=FAILED")), "all of them is the same"
    assert "Retry" not in text_of(auditor_client.get("/jobs/?status=FAILED"))


def test_the_jobs_page_leads_there(alice_client: Client) -> None:
    assert 'href="/usage/"' in text_of(alice_client.get("/jobs/"))
