"""Questions asked lately are not embedded again."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from providers.errors import ProviderError, ProviderUnavailable
from providers.openai_embedder import OpenAIEmbedder
from providers.query_cache import QueryCache
from tests.providers.wire import OpenAIWire, error


def cached(wire: OpenAIWire, **options: int) -> QueryCache:
    return QueryCache(OpenAIEmbedder(model="m", api_key="k", base_url=wire.url, timeout=5.0), **options)


def asked(wire: OpenAIWire) -> list[str]:
    return [text for request in wire.requests for text in request.body["input"]]


def test_a_repeated_question_is_answered_from_memory(wire: OpenAIWire) -> None:
    model = cached(wire)
    assert model.name == "m"
    assert model.embed_query("tea") == model.embed_query("tea") != model.embed_query("rice")
    assert asked(wire) == ["tea", "rice"]


def test_what_was_asked_longest_ago_goes_first(wire: OpenAIWire) -> None:
    model = cached(wire, size=2)
    for text in ("one", "two", "one", "three", "one", "two"):
        model.embed_query(text)
    assert asked(wire) == ["one", "two", "three", "two"]


def test_texts_to_be_stored_are_embedded_each_time(wire: OpenAIWire) -> None:
    model = cached(wire)
    assert model.embed(["tea"]) == model.embed(["tea"]) == [model.embed_query("tea")]
    assert asked(wire) == ["tea", "tea", "tea"]


def test_a_failure_is_not_remembered(wire: OpenAIWire) -> None:
    model = cached(wire)
    wire.script(error(503, "away"))
    with pytest.raises(ProviderUnavailable):
        model.embed_query("tea")
    assert model.embed_query("tea")


def test_no_word_of_a_question_is_kept(wire: OpenAIWire) -> None:
    model = cached(wire)
    model.embed_query("my secret")
    assert all(isinstance(key, bytes) and b"secret" not in key for key in model._kept)


def test_two_embedders_never_share_a_vector() -> None:
    class Fixed:
        def __init__(self, number: float) -> None:
            self.name = "same name"
            self.number = number

        def embed(self, texts: Sequence[str]) -> list[list[float]]:
            raise ProviderError("not asked")

        def embed_query(self, text: str) -> list[float]:
            return [self.number]

    one, other = QueryCache(Fixed(1.0)), QueryCache(Fixed(2.0))
    assert (one.embed_query("tea"), other.embed_query("tea")) == ([1.0], [2.0])
