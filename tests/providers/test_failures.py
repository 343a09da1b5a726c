"""The contract of every adapter, on the wire it speaks: whatever the server does becomes one of our errors."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

import pytest

from providers import errors
from providers.anthropic_chat import AnthropicChat
from providers.anthropic_vision import AnthropicVision
from providers.base import ChatModel, Reranker, VisionModel
from providers.http_reranker import HTTPReranker
from providers.openai_chat import OpenAIChat
from providers.openai_embedder import OpenAIEmbedder
from providers.openai_vision import OpenAIVision
from tests.providers.vendors import API_VERSION, AnthropicWire, AzureWire, TEIWire
from tests.providers.wire import Answer, OpenAIWire, answer

KEY = "sk-secret-0123456789"


def openai(url: str, timeout: float) -> dict[str, Any]:
    return {"model": "m", "api_key": KEY, "base_url": url, "timeout": timeout}


def azure(url: str, timeout: float) -> dict[str, Any]:
    return {**openai(url, timeout), "api_version": API_VERSION}


def tei(url: str, timeout: float) -> dict[str, Any]:
    return {**openai(url, timeout), "wire": "tei"}


def complete(model: ChatModel) -> object:
    return model.complete_json(system="s", user="u", schema={"type": "object"}, schema_name="anything")


def describe(model: VisionModel) -> object:
    return model.describe(system="s", user="u", image=b"png", media_type="image/png")


def rerank(model: Reranker) -> object:
    return model.rerank("query", ["one", "two"])


@dataclass(frozen=True)
class Adapter:
    """An adapter with a call of it, and the server that speaks its wire."""

    build: Callable[..., Any]
    ask: Callable[[Any], object]
    wire: type[OpenAIWire] = OpenAIWire
    options: Callable[[str, float], dict[str, Any]] = openai

    def call(self, url: str, timeout: float = 5.0) -> object:
        return self.ask(self.build(**self.options(url, timeout)))


ADAPTERS = {
    "OpenAI chat": Adapter(OpenAIChat, complete),
    "OpenAI vision": Adapter(OpenAIVision, describe),
    "OpenAI embedder": Adapter(OpenAIEmbedder, lambda embedder: embedder.embed(["one"])),
    "OpenAI embedder's query": Adapter(OpenAIEmbedder, lambda embedder: embedder.embed_query("one")),
    "Azure chat": Adapter(OpenAIChat, complete, AzureWire, azure),
    "Azure vision": Adapter(OpenAIVision, describe, AzureWire, azure),
    "Azure embedder": Adapter(OpenAIEmbedder, lambda embedder: embedder.embed(["one"]), AzureWire, azure),
    "Cohere's reranker": Adapter(HTTPReranker, rerank),
    "TEI's reranker": Adapter(HTTPReranker, rerank, TEIWire, tei),
    "Anthropic chat": Adapter(AnthropicChat, complete, AnthropicWire),
    "Anthropic vision": Adapter(AnthropicVision, describe, AnthropicWire),
}


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return ADAPTERS[request.param]


@pytest.fixture
def wire(adapter: Adapter) -> Iterator[OpenAIWire]:
    with adapter.wire() as wire:
        yield wire


def error(status: int, message: str, **how: Any) -> Callable[[OpenAIWire], Answer]:
    """An error as the vendor at hand words it."""
    return lambda wire: wire.error(status, message, **how)


def test_an_answer_that_is_right_is_taken(wire: OpenAIWire, adapter: Adapter) -> None:
    wire.reply_with(lambda request: {} if adapter.ask is complete else "A dog.")

    assert adapter.call(wire.url)


QUOTA = error(429, "You exceeded your current quota", code="insufficient_quota")
GATEWAY_429 = answer({"error": {"message": "slow down", "code": 429}})
GATEWAY_401 = answer({"error": {"message": "no such key", "code": "401"}})
HTML = Answer(b"<html>Welcome</html>", headers={"Content-Type": "text/html"})


@pytest.mark.parametrize(
    ("given", "expected", "says"),
    [
        (error(400, "bad parameter"), errors.ProviderRejected, "bad parameter"),
        (error(401, "Incorrect API key"), errors.ProviderRejected, "Check the API key"),
        (error(402, "Payment required"), errors.ProviderRejected, "Add credit"),
        (error(403, "not allowed"), errors.ProviderRejected, "what the API key may do"),
        (error(404, "model not found"), errors.ProviderRejected, "base URL and model"),
        (error(408, "too slow"), errors.ProviderTimeout, "faster model"),
        (error(409, "try again"), errors.ProviderUnavailable, "later"),
        (error(429, "slow down"), errors.ProviderRateLimited, "Slow down"),
        (QUOTA, errors.ProviderRejected, "Add credit"),
        (error(500, "oops"), errors.ProviderUnavailable, "oops"),
        (error(503, "overloaded"), errors.ProviderUnavailable, "overloaded"),
        (error(400, "blocked", code="content_filter"), errors.ProviderRefused, "content filter"),
        (GATEWAY_429, errors.ProviderRateLimited, "slow down"),
        (GATEWAY_401, errors.ProviderRejected, "no such key"),
        (answer({"error": "model is loading"}), errors.ProviderUnavailable, "model is loading"),
        (Answer(b'{"choices": [', headers={}), errors.ProviderInvalidOutput, "other than JSON"),
        (Answer(b'{"\xff": 1}'), errors.ProviderInvalidOutput, "other than JSON"),
        (answer([1, 2]), errors.ProviderInvalidOutput, "other than JSON"),
        (HTML, errors.ProviderInvalidOutput, "base URL"),
        (Answer(b"x" * 2000, dropped=True), errors.ProviderUnavailable, "cannot be reached"),
        (answer({}), errors.ProviderInvalidOutput, "Check that it is"),
    ],
)
def test_each_failure_has_its_name_and_says_what_to_do(
    wire: OpenAIWire, adapter: Adapter, given: Any, expected: type[errors.ProviderError], says: str
) -> None:
    wire.script(given if isinstance(given, Answer) else given(wire))

    with pytest.raises(errors.ProviderError) as caught:
        adapter.call(wire.url)

    assert type(caught.value) is expected
    assert says in str(caught.value)
    assert len(wire.requests) == 1, "retrying is the job's business"


def test_time_out(wire: OpenAIWire, adapter: Adapter) -> None:
    wire.script(answer({}, delay=30.0))
    started = time.monotonic()

    with pytest.raises(errors.ProviderTimeout, match=r"within 0\.2 s"):
        adapter.call(wire.url, timeout=0.2)

    assert time.monotonic() - started < 2.0


def test_nobody_listens(wire: OpenAIWire, adapter: Adapter) -> None:
    with pytest.raises(errors.ProviderUnavailable, match="refused"):
        adapter.call("http://127.0.0.1:9/v1")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2.5", 2.5), ("-1", 0.0), ("soon", None), (formatdate(time.time() - 60, usegmt=True), 0.0)],
)
def test_retry_after(wire: OpenAIWire, adapter: Adapter, status: int, header: str, seconds: float | None) -> None:
    wire.script(wire.error(status, "later", headers={"Retry-After": header}))

    with pytest.raises(errors.ProviderError) as caught:
        adapter.call(wire.url)

    assert caught.value.retry_after == seconds


def test_retry_after_may_be_a_date(wire: OpenAIWire, adapter: Adapter) -> None:
    wire.script(wire.error(429, "later", headers={"Retry-After": formatdate(time.time() + 60, usegmt=True)}))

    with pytest.raises(errors.ProviderRateLimited) as caught:
        adapter.call(wire.url)

    assert 55 < (caught.value.retry_after or 0) <= 60


def test_an_error_is_short_and_does_not_tell_the_key(wire: OpenAIWire, adapter: Adapter) -> None:
    wire.script(wire.error(401, f"Incorrect API key provided: {KEY}\n" + "padding " * 1000))

    with pytest.raises(errors.ProviderRejected) as caught:
        adapter.call(wire.url)

    assert KEY not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_only_what_may_pass_is_retried() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    retryable = {kind.__name__ for kind in kinds if issubclass(kind, errors.ProviderError) and kind.retryable}

    assert retryable == {"ProviderTimeout", "ProviderUnavailable", "ProviderRateLimited", "ProviderInvalidOutput"}
