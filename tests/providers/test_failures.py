"""The contract of every adapter that speaks the wire: whatever the server does becomes one of our errors."""

from __future__ import annotations

import time
from collections.abc import Callable
from email.utils import formatdate

import pytest

from providers import errors
from providers.openai_chat import OpenAIChat
from providers.openai_embedder import OpenAIEmbedder
from tests.providers.wire import Answer, OpenAIWire, answer, error

KEY = "sk-secret-0123456789"
Call = Callable[..., object]


def chat_call(wire: OpenAIWire, url: str = "", timeout: float = 5.0) -> object:
    chat = OpenAIChat(model="m", api_key=KEY, base_url=url or wire.url, timeout=timeout)
    return chat.complete_json(system="s", user="u", schema={"type": "object"}, schema_name="anything")


def embed_call(wire: OpenAIWire, url: str = "", timeout: float = 5.0) -> object:
    return OpenAIEmbedder(model="m", api_key=KEY, base_url=url or wire.url, timeout=timeout).embed(["one"])


def query_call(wire: OpenAIWire, url: str = "", timeout: float = 5.0) -> object:
    return OpenAIEmbedder(model="m", api_key=KEY, base_url=url or wire.url, timeout=timeout).embed_query("one")


@pytest.fixture(params=[chat_call, embed_call, query_call])
def call(request: pytest.FixtureRequest) -> Call:
    return request.param


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
    wire: OpenAIWire, call: Call, given: Answer, expected: type[errors.ProviderError], says: str
) -> None:
    wire.script(given)

    with pytest.raises(errors.ProviderError) as caught:
        call(wire)

    assert type(caught.value) is expected
    assert says in str(caught.value)
    assert len(wire.requests) == 1, "retrying is the job's business"


def test_time_out(wire: OpenAIWire, call: Call) -> None:
    wire.script(answer({}, delay=30.0))
    started = time.monotonic()

    with pytest.raises(errors.ProviderTimeout, match=r"within 0\.2 s"):
        call(wire, timeout=0.2)

    assert time.monotonic() - started < 2.0


def test_nobody_listens(wire: OpenAIWire, call: Call) -> None:
    with pytest.raises(errors.ProviderUnavailable, match="refused"):
        call(wire, url="http://127.0.0.1:9/v1")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("2.5", 2.5), ("-1", 0.0), ("soon", None), (formatdate(time.time() - 60, usegmt=True), 0.0)],
)
def test_retry_after(wire: OpenAIWire, call: Call, status: int, header: str, seconds: float | None) -> None:
    wire.script(error(status, "later", headers={"Retry-After": header}))

    with pytest.raises(errors.ProviderError) as caught:
        call(wire)

    assert caught.value.retry_after == seconds


def test_retry_after_may_be_a_date(wire: OpenAIWire, call: Call) -> None:
    wire.script(error(429, "later", headers={"Retry-After": formatdate(time.time() + 60, usegmt=True)}))

    with pytest.raises(errors.ProviderRateLimited) as caught:
        call(wire)

    assert 55 < (caught.value.retry_after or 0) <= 60


def test_an_error_is_short_and_does_not_tell_the_key(wire: OpenAIWire, call: Call) -> None:
    wire.script(error(401, f"Incorrect API key provided: {KEY}\n" + "padding " * 1000))

    with pytest.raises(errors.ProviderRejected) as caught:
        call(wire)

    assert KEY not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_only_what_may_pass_is_retried() -> None:
    retryable = {kind.__name__ for kind in errors.ProviderError.__subclasses__() if kind.retryable}

    assert retryable == {"ProviderTimeout", "ProviderUnavailable", "ProviderRateLimited", "ProviderInvalidOutput"}
