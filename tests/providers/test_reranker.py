"""A reranking model on either wire."""

from __future__ import annotations

from typing import Any

import pytest

from providers.errors import ProviderInvalidOutput
from providers.http_reranker import HTTPReranker
from tests.providers.vendors import TEIWire
from tests.providers.wire import Answer, OpenAIWire, answer

TEXTS = ["I like tea", "Where I live is Osaka", "I live in Osaka"]
QUERY = "I live in"


def reranker(wire: OpenAIWire, **options: Any) -> HTTPReranker:
    return HTTPReranker(base_url=f"{wire.url}/", api_key="sk-test", timeout=5.0, **options)


def test_coheres_wire(wire: OpenAIWire) -> None:
    scores = reranker(wire, model="bge").rerank(QUERY, TEXTS)
    assert scores == pytest.approx([1 / 3, 2 / 3, 1.0]), "in the order of the texts, not of the answer"
    (request,) = wire.requests
    assert request.path == "/rerank"
    assert request.headers["authorization"] == "Bearer sk-test"
    assert request.body == {"model": "bge", "query": QUERY, "documents": TEXTS, "top_n": 3}


def test_teis_wire_takes_texts_in_batches_and_no_model() -> None:
    with TEIWire() as wire:
        texts = [*TEXTS, *(f"filler {i}" for i in range(40))]
        scores = HTTPReranker(base_url=wire.url, wire="tei").rerank(QUERY, texts)
    assert scores == pytest.approx([1 / 3, 2 / 3, 1.0, *[0.0] * 40])
    assert [len(request.body["texts"]) for request in wire.requests] == [32, 11]
    assert wire.requests[0].body.keys() == {"query", "texts", "truncate"}


def test_a_server_without_a_key_and_nothing_to_read(wire: OpenAIWire) -> None:
    assert HTTPReranker(base_url=wire.url).rerank(QUERY, []) == []
    assert HTTPReranker(base_url=wire.url).rerank(QUERY, ["I live"]) == pytest.approx([2 / 3])
    assert "authorization" not in wire.requests[0].headers


def test_there_are_two_wires() -> None:
    with pytest.raises(ValueError, match="cohere and tei"):
        HTTPReranker(base_url="http://x.example", wire="voyage")


def row(index: Any, score: Any) -> dict[str, Any]:
    return {"index": index, "relevance_score": score}


@pytest.mark.parametrize(
    "given",
    [
        answer({"results": [row(0, 1.0)]}),
        answer({"results": [row(0, 1.0), row(0, 0.5)]}),
        answer({"results": [row(0, 1.0), row(2, 0.5)]}),
        answer({"results": [row(0, 1.0), row(1, 0.5), row(2, 0.1)]}),
        answer({"results": [row(0, 1.0), row(1, "0.5")]}),
        answer({"results": [row(0, 1.0), row(1, None)]}),
        answer({"results": [row(0, 1.0), row(1, True)]}),
        Answer(b'{"results": [{"index": 0, "relevance_score": NaN}, {"index": 1, "relevance_score": 1}]}'),
        answer({"results": [0, 1]}),
        answer({"data": [row(0, 1.0), row(1, 0.5)]}),
    ],
)
def test_scores_that_are_none_are_refused(wire: OpenAIWire, given: Answer) -> None:
    wire.script(given)
    with pytest.raises(ProviderInvalidOutput, match="one for each of 2 texts"):
        reranker(wire).rerank(QUERY, TEXTS[:2])
