"""A reranking model sets the order, if one is configured and asked for; a search never fails for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from accounts.models import User
from memories.models import AccessLog, Memory, ModelCall
from tests.api.test_explain import explained, reason
from tests.conftest import Remember, api_client
from tests.providers.wire import OpenAIWire, answer, error

pytestmark = pytest.mark.django_db
SEARCH = "/v3/memories/search/"
ANN = {"user_id": "ann"}


@pytest.fixture
def wire(settings: Any) -> Iterator[OpenAIWire]:
    with OpenAIWire() as wire:
        options = {"base_url": wire.url, "api_key": "sk-test", "model": "bge", "timeout": 0.5}
        reranker = {"BACKEND": "providers.http_reranker.HTTPReranker", "OPTIONS": options}
        settings.PROVIDERS = {**settings.PROVIDERS, "reranker": reranker}
        yield wire


@pytest.fixture
def memories(remember: Remember) -> dict[str, Memory]:
    said = {
        "near": "My sister's new home is in Osaka, by the river",
        "exact": "Where does she live now, they asked",
        "far": "I like plums",
    }
    return {name: remember(text) for name, text in said.items()}


def find(api: APIClient, query: str = "Where does she live now?", **more: Any) -> dict[str, Any]:
    response = api.post(SEARCH, {"query": query, "filters": ANN, **more})
    assert response.status_code == 200, response.content
    return dict(response.json())


def texts(found: dict[str, Any]) -> list[str]:
    return [hit["memory"] for hit in found["results"]]


def reverse(wire: OpenAIWire, count: int) -> None:
    """Answer that the last text is the best one."""
    wire.script(answer({"results": [{"index": i, "relevance_score": float(i)} for i in range(count)]}))


def test_the_reranker_sets_the_order_and_says_so(
    alice_api: APIClient, memories: dict[str, Memory], wire: OpenAIWire
) -> None:
    plain = find(alice_api)
    assert wire.requests == []
    assert "rerank_score" not in plain["results"][0]
    reverse(wire, 3)
    found = find(alice_api, rerank=True)
    assert texts(found) == texts(plain)[::-1]
    assert [hit["rank_before_rerank"] for hit in found["results"]] == [3, 2, 1]
    assert [hit["rerank_score"] for hit in found["results"]] == [2.0, 1.0, 0.0]
    assert "warnings" not in found
    assert wire.requests[0].body["documents"] == texts(plain)


def test_it_reads_more_than_are_asked_for_and_not_more_than_set(
    alice_api: APIClient, memories: dict[str, Memory], wire: OpenAIWire, settings: Any
) -> None:
    order = texts(find(alice_api))
    reverse(wire, 3)
    assert texts(find(alice_api, rerank=True, top_k=1)) == [order[2]]
    settings.RERANK_CANDIDATES = 2
    reverse(wire, 2)
    found = find(alice_api, rerank=True, top_k=1000)
    assert texts(found) == [order[1], order[0], order[2]]
    assert "rerank_score" not in found["results"][2]
    logged = AccessLog.objects.order_by("-pk")[0].memory_ids
    assert [str(pk) for pk in logged] == [hit["id"] for hit in found["results"]]


def test_who_speaks_is_told_to_the_model(alice_api: APIClient, memories: dict[str, Memory], wire: OpenAIWire) -> None:
    Memory.objects.filter(pk=memories["far"].pk).update(speaker="Zoe")
    find(alice_api, query="What does Zoe like?", rerank=True, top_k=1)
    assert "Zoe: I like plums" in wire.requests[0].body["documents"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (error(401, "Incorrect API key."), "Check the API key"),
        (error(429, "slow down"), "Slow down"),
        (answer({"results": []}), "reranking model"),
        (answer({}, delay=5), "within 0.5 s"),
    ],
)
def test_a_reranker_in_trouble_leaves_the_plain_order_and_a_warning(
    alice_api: APIClient, memories: dict[str, Memory], wire: OpenAIWire, given: Any, says: str
) -> None:
    plain = texts(find(alice_api, top_k=2))
    wire.script(given)
    found = find(alice_api, rerank=True, top_k=2)
    assert texts(found) == plain
    assert found["warnings"][0].startswith("Not reranked")
    assert says in found["warnings"][0]


def test_always_unless_the_call_says_no_and_never_while_somebody_types(
    alice_api: APIClient, alice_client: Client, memories: dict[str, Memory], wire: OpenAIWire, settings: Any
) -> None:
    settings.RERANK_ALWAYS = True
    find(alice_api)
    find(alice_api, rerank=None)
    assert len(wire.requests) == 2
    find(alice_api, rerank=False)
    alice_client.get("/memories/", {"q": "home"}, headers={"HX-Request": "true"})
    assert len(wire.requests) == 2
    alice_client.get("/memories/", {"q": "home"})
    assert len(wire.requests) == 3


def test_nothing_found_nothing_read(alice_api: APIClient, wire: OpenAIWire) -> None:
    assert texts(find(alice_api, rerank=True)) == []
    assert wire.requests == []


def test_a_threshold_holds_before_the_model_reads(
    alice_api: APIClient, memories: dict[str, Memory], wire: OpenAIWire
) -> None:
    scores = [hit["score"] for hit in find(alice_api)["results"]]
    find(alice_api, rerank=True, threshold=(scores[0] + scores[1]) / 2)
    assert len(wire.requests[0].body["documents"]) == 1


def test_an_explanation_tells_what_the_reranker_did(
    alice_api: APIClient, memories: dict[str, Memory], wire: OpenAIWire
) -> None:
    query = "Where does she live now?"
    first, *_rest, last = find(alice_api)["results"]
    assert explained(alice_api, query)["reranker"] is None
    reverse(wire, 3)
    told = explained(alice_api, query, Memory.objects.get(pk=last["id"]), rerank=True)
    assert told["reranker"] == "bge"
    assert told["queries"] == [query]
    assert told["expected"][0]["rank"] == 1
    assert told["expected"][0]["reason"] == "It is among the results: bge moved it from 3 to 1."
    reverse(wire, 3)
    gone = reason(alice_api, query, Memory.objects.get(pk=first["id"]), rerank=True, top_k=1)
    assert "ranked 1 before bge reranked" in gone


def test_its_calls_are_in_the_books(alice_api: APIClient, memories: dict[str, Memory], wire: OpenAIWire) -> None:
    find(alice_api, rerank=True)
    wire.script(error(503, "away"))
    find(alice_api, rerank=True)
    calls = ModelCall.objects.order_by("pk").values_list("purpose", "model", "input_tokens", "outcome")
    assert list(calls) == [("rerank", "bge", 17, "answered"), ("rerank", "bge", 0, "ProviderUnavailable")]


def test_a_stranger_and_a_limited_key_have_only_their_own_read(
    memories: dict[str, Memory], wire: OpenAIWire, alice: User, charlie_api: APIClient
) -> None:
    assert texts(find(charlie_api, rerank=True)) == []
    assert texts(find(api_client(alice, end_user_name="zoe"), rerank=True)) == []
    assert wire.requests == []


def test_nothing_configured_costs_no_query(
    alice_api: APIClient, memories: dict[str, Memory], wire: OpenAIWire, settings: Any
) -> None:
    def count(**more: Any) -> int:
        find(alice_api, **more)  # which notes that the key was used
        find(alice_api, **more)
        with CaptureQueriesContext(connection) as seen:
            find(alice_api, **more)
        return len(seen)

    settings.RATE_LIMIT_PER_KEY = "none"  # a minute that ends meanwhile takes a question to count, which counts here
    read = count(rerank=True)
    settings.PROVIDERS = {"embedder": settings.PROVIDERS["embedder"]}
    # The two more: whether the key still holds, before a model is paid; and the entry in the books.
    assert count(rerank=True) == count() == read - 2
