from __future__ import annotations

import math
from typing import Any

import pytest

from providers.errors import ProviderInvalidOutput
from providers.openai_embedder import OpenAIEmbedder
from tests.providers.wire import Answer, OpenAIWire, answer, embeddings


def embedder(wire: OpenAIWire, **options: Any) -> OpenAIEmbedder:
    return OpenAIEmbedder(model="some-embedder", api_key="sk-test", base_url=wire.url, timeout=5.0, **options)


def sent(wire: OpenAIWire) -> list[list[str]]:
    return [request.body["input"] for request in wire.requests]


def test_the_request(wire: OpenAIWire) -> None:
    embedder(wire).embed(["one", "two"])

    assert wire.requests[0].path == "/embeddings"
    assert wire.requests[0].headers["authorization"] == "Bearer sk-test"
    assert wire.requests[0].body == {"model": "some-embedder", "input": ["one", "two"], "encoding_format": "float"}


def test_vectors_come_in_order_and_at_unit_length(wire: OpenAIWire) -> None:
    wire.script(embeddings([[3.0, 4.0], [0.0, 2.0], [-1, 0]], order=[2, 0, 1]))

    assert embedder(wire).embed(["a", "b", "c"]) == [[0.6, 0.8], [0.0, 1.0], [-1.0, 0.0]]


def test_many_texts_go_in_batches(wire: OpenAIWire) -> None:
    texts = [f"text {i}" for i in range(7)]

    vectors = embedder(wire, batch_size=3).embed(texts)

    assert sent(wire) == [texts[:3], texts[3:6], texts[6:]]
    assert vectors == [embedder(wire).embed_query(text) for text in texts]
    assert all(math.isclose(math.hypot(*vector), 1.0) for vector in vectors)


def test_no_texts_no_request(wire: OpenAIWire) -> None:
    assert embedder(wire).embed([]) == []
    assert wire.requests == []


def test_an_empty_text_has_a_vector(wire: OpenAIWire) -> None:
    assert len(embedder(wire).embed(["", "tea"])) == 2
    assert sent(wire) == [[" ", "tea"]]


def test_prefixes(wire: OpenAIWire) -> None:
    model = embedder(wire, query_prefix="query: ", document_prefix="passage: ")

    model.embed(["tea"])
    model.embed_query("tea")

    assert sent(wire) == [["passage: tea"], ["query: tea"]]


def test_dimensions(wire: OpenAIWire) -> None:
    wire.script(embeddings([[1.0, 0.0]]), embeddings([[1.0, 0.0, 0.0]]))
    model = embedder(wire, dimensions=2)

    assert model.embed_query("tea") == [1.0, 0.0]
    assert wire.requests[0].body["dimensions"] == 2
    with pytest.raises(ProviderInvalidOutput, match="3 dimensions instead of 2"):
        model.embed_query("tea")


def test_whatever_changes_a_stored_vector_changes_the_name(wire: OpenAIWire) -> None:
    names = [
        embedder(wire).name,
        embedder(wire, dimensions=256).name,
        embedder(wire, document_prefix="passage: ").name,
    ]

    assert names == ["some-embedder", "some-embedder@256", "some-embedder 'passage:'"]
    assert embedder(wire, query_prefix="query: ", batch_size=1).name == "some-embedder"


def rows(*embeddings: Any) -> Answer:
    return answer({"data": [{"index": i, "embedding": vector} for i, vector in enumerate(embeddings)]})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (rows([1.0]), "1 vectors for 2 texts"),
        (rows([1.0], [1.0], [1.0]), "3 vectors for 2 texts"),
        (embeddings([[1.0], [1.0]], order=[1, 1]), "numbered"),
        (answer({"data": [{"embedding": [1.0]}, {"embedding": [1.0]}]}), "numbered"),
        (answer({"data": None}), "0 vectors"),
        (rows([1.0, 0.0], [1.0]), "different lengths"),
        (rows([1.0], [float("nan")]), "without a direction"),
        (rows([1.0], [float("inf")]), "without a direction"),
        (rows([1.0], [0.0]), "without a direction"),
        (rows([1.0], []), "without a direction"),
        (rows([1.0], ["1.0"]), "no list of numbers"),
        (rows([1.0], "AACAPw=="), "no list of numbers"),
        (rows([1.0], None), "no list of numbers"),
    ],
)
def test_wrong_vectors_are_not_stored(wire: OpenAIWire, given: Answer, says: str) -> None:
    wire.script(given)

    with pytest.raises(ProviderInvalidOutput, match=says):
        embedder(wire).embed(["one", "two"])


def test_batches_that_disagree_about_the_length(wire: OpenAIWire) -> None:
    wire.script(rows([1.0, 0.0]), rows([1.0]))

    with pytest.raises(ProviderInvalidOutput, match="different lengths"):
        embedder(wire, batch_size=1).embed(["one", "two"])
