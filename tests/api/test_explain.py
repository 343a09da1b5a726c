"""`explain`: how a query was understood, and why an expected memory is not among the results."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from memories.models import AccessLog, Memory
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
SEARCH = "/v3/memories/search/"
ANN = {"user_id": "ann"}


def explained(api: APIClient, query: str, *expected: Memory, **more: Any) -> dict[str, Any]:
    body = {
        "query": query,
        "filters": ANN,
        "explain": True,
        "expected": [str(memory.pk) for memory in expected],
        **more,
    }
    answer = api.post(SEARCH, body)
    assert answer.status_code == 200, answer.content
    return dict(answer.json()["explanation"])


def reason(api: APIClient, query: str, expected: Memory, **more: Any) -> str:
    return str(explained(api, query, expected, **more)["expected"][0]["reason"])


def test_how_a_query_was_understood(alice_api: APIClient, remember: Remember) -> None:
    Memory.objects.filter(pk=remember("I like tea").pk).update(speaker="Ann")
    told = explained(alice_api, "What tea did Ann drink last summer?", reference_date="2026-11-21")
    assert told["searched_for"] == "What tea did drink last summer?"
    assert told["terms"] == ["tea", "drink", "last", "summer"]
    assert told["people"] == ["Ann"]
    assert told["period"] == {"from": "2026-06-01", "until": "2026-09-01"}
    assert set(told["weights"]) > {"semantic", "bm25", "person", "time"}
    assert told["expected"] == []


def test_without_being_asked_nothing_is_explained(alice_api: APIClient, remember: Remember) -> None:
    assert "explanation" not in alice_api.post(SEARCH, {"query": "x", "filters": ANN}).json()


def test_an_expected_memory_that_was_found(alice_api: APIClient, remember: Remember) -> None:
    memory = remember("I like tea")
    [one] = explained(alice_api, "tea", memory)["expected"]
    assert (one["id"], one["rank"], one["reason"]) == (str(memory.pk), 1, "It is among the results.")
    parts = sum(part["contribution"] for part in one["score_breakdown"].values())
    assert one["score"] == pytest.approx(parts, abs=1e-4)


def test_why_an_expected_memory_was_not_found(
    alice_api: APIClient, remember: Remember, monkeypatch: pytest.MonkeyPatch
) -> None:
    tea, bees, gone = remember("I like tea"), remember("Bees"), remember("I like tea, too")
    Memory.objects.filter(pk=gone.pk).update(state=Memory.State.PAUSED)
    assert "ranks 2, behind the 1" in reason(alice_api, "tea", bees, top_k=1)
    assert "below the threshold of 0.95" in reason(alice_api, "tea", tea, threshold=0.95)
    assert "state is paused" in reason(alice_api, "tea", gone)
    assert 'match {"categories": {"in": ["sports"]}} of' in reason(alice_api, "tea", tea, categories=["sports"])
    monkeypatch.setattr("memories.services.search.POOL_MINIMUM", 1)
    monkeypatch.setattr("memories.services.search.POOL", 1)
    assert "shares no word" in reason(alice_api, "tea", bees, top_k=1)


def test_what_keeps_a_memory_out_is_named(alice_api: APIClient, remember: Remember) -> None:
    trashed, expired, other = remember("Tea 1"), remember("Tea 2", expiration_date="2024-01-01"), remember("Tea 3")
    old, ended = remember("Tea 4"), remember("Tea 5")
    assert alice_api.delete(f"/v1/memories/{trashed.pk}/").status_code == 200
    Memory.objects.filter(pk=old.pk).update(state=Memory.State.SUPERSEDED, superseded_by=other)
    Memory.objects.filter(pk=ended.pk).update(valid_until=datetime(2026, 1, 1, tzinfo=UTC))
    assert reason(alice_api, "tea", trashed) == "It is in the trash."
    assert "last day was 2024-01-01" in reason(alice_api, "tea", expired)
    assert "among the results" in reason(alice_api, "tea", expired, show_expired=True)
    assert "among the results" in reason(alice_api, "tea", expired, reference_date="2023-12-31")
    assert f"superseded by {other.pk}" in reason(alice_api, "tea", old)
    assert "among the results" in reason(alice_api, "tea", old, latest_only=False)
    assert "does not hold now" in reason(alice_api, "tea", ended)
    assert "to 2026-01-01" in reason(alice_api, "tea", ended)
    assert "does not hold as of 2020-05-01" in reason(alice_api, "tea", other, as_of="2020-05-01")


@pytest.mark.parametrize(
    ("filters", "part"),
    [
        ({"user_id": "bea"}, '{"user_id": "bea"}'),
        ({"AND": [ANN, {"metadata": {"a": 1}}]}, '{"metadata": {"a": 1}}'),
        ({**ANN, "NOT": {"text": "tea"}}, '{"NOT": {"text": "tea"}}'),
        ({"AND": [ANN, {"AND": [{"text": "tea"}, {"keywords": "寿司"}]}]}, '{"keywords": "寿司"}'),
        ({"OR": [{"user_id": "bea"}, {"user_id": "cy"}]}, '{"OR": [{"user_id": "bea"}, {"user_id": "cy"}]}'),
    ],
)
def test_the_part_of_the_filters_that_a_memory_does_not_match_is_named(
    alice_api: APIClient, remember: Remember, filters: dict[str, Any], part: str
) -> None:
    assert reason(alice_api, "tea", remember("I like tea"), filters=filters) == (
        f"It doesn't match {part} of the filters."
    )


def test_explaining_logs_one_read(alice_api: APIClient, remember: Remember) -> None:
    explained(alice_api, "tea", remember("I like tea"))
    assert AccessLog.objects.count() == 1


def test_a_stranger_is_told_nothing_of_it(alice_api: APIClient, charlie_api: APIClient, remember: Remember) -> None:
    body = {"query": "tea", "filters": ANN, "explain": True, "expected": [str(remember("I like tea").pk)]}
    assert charlie_api.post(SEARCH, body).status_code == 404
    assert alice_api.post(SEARCH, body).status_code == 200


def test_an_expired_memory_is_explained_by_the_reference_date(alice_api: APIClient, remember: Remember) -> None:
    memory = remember("A pass", said_at=datetime(2026, 1, 1, tzinfo=UTC))
    Memory.objects.filter(pk=memory.pk).update(expiration_date="2026-02-01")
    assert "expired" in reason(alice_api, "pass", memory, reference_date="2026-03-01")
    assert "among the results" in reason(alice_api, "pass", memory, reference_date="2026-01-15")
