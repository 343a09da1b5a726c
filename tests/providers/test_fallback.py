"""Several models in turn, on the wires of different vendors, and what the meter is told of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.anthropic_chat import AnthropicChat
from providers.anthropic_vision import AnthropicVision
from providers.base import ChatModel
from providers.errors import ProviderError, ProviderRateLimited, ProviderRejected, ProviderTimeout
from providers.fallback import FallbackChat, FallbackVision
from providers.metering import ANSWERED, Call, MeteredChat, MeteredEmbedder, MeteredVision, prompted
from providers.openai_chat import OpenAIChat
from providers.openai_embedder import OpenAIEmbedder
from providers.openai_vision import OpenAIVision
from tests.providers.vendors import AnthropicWire
from tests.providers.wire import OpenAIWire, embeddings

FACTS = {"facts": ["likes tea"]}


class Ledger:
    """A meter that keeps what it is told, and refuses once it is closed."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.closed: ProviderError | None = None

    def admit(self) -> None:
        if self.closed:
            raise self.closed

    def note(self, call: Call) -> None:
        self.calls.append(call)

    def outcomes(self) -> list[tuple[str, str, int, str]]:
        return [(call.provider, call.model, call.input_tokens, call.outcome) for call in self.calls]


@pytest.fixture
def claude() -> Iterator[AnthropicWire]:
    with AnthropicWire() as wire:
        wire.reply_with(lambda request: FACTS)
        yield wire


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def chain(wire: OpenAIWire, claude: AnthropicWire, ledger: Ledger) -> FallbackChat:
    first = OpenAIChat(model="cheap", api_key="k", base_url=wire.url, timeout=1.0)
    second = AnthropicChat(model="dear", api_key="k", base_url=claude.url, timeout=1.0)
    return FallbackChat(
        [
            MeteredChat(first, provider="openai", meter=ledger),
            MeteredChat(second, provider="anthropic", meter=ledger),
        ]
    )


def ask(model: ChatModel) -> object:
    return model.complete_json(system="s", user="u", schema={"type": "object"}, schema_name="facts").content


def test_the_first_answers_alone_while_it_can(wire: OpenAIWire, claude: AnthropicWire, chain: FallbackChat) -> None:
    wire.reply_with(lambda request: {"facts": []})
    assert ask(chain) == {"facts": []}
    assert claude.requests == []
    assert chain.name == "cheap"


def test_the_next_is_asked_when_it_may_pass_and_both_are_told(
    wire: OpenAIWire, chain: FallbackChat, ledger: Ledger
) -> None:
    wire.script(wire.error(429, "slow down"), wire.error(503, "busy"), wire.said("no JSON"), wire.said({}, delay=3))
    for _ in range(4):
        assert ask(chain) == FACTS
    answered = ("anthropic", "wire-model-1", 11, ANSWERED)
    assert ledger.outcomes() == [
        ("openai", "cheap", 0, "ProviderRateLimited"),
        answered,
        ("openai", "cheap", 0, "ProviderUnavailable"),
        answered,
        # It was paid for, although nothing came of it.
        ("openai", "cheap", 11, "ProviderInvalidOutput"),
        answered,
        ("openai", "cheap", 0, "ProviderTimeout"),
        answered,
    ]
    assert ledger.calls[-2].seconds >= 1.0


@pytest.mark.parametrize("code", ["", "insufficient_quota"])
def test_what_will_not_pass_is_not_covered_up(
    wire: OpenAIWire, claude: AnthropicWire, chain: FallbackChat, code: str
) -> None:
    wire.script(wire.error(429 if code else 401, "Incorrect API key", code=code))
    with pytest.raises(ProviderRejected):
        ask(chain)
    assert claude.requests == []


def test_when_all_fail_it_is_as_soon_as_one_may_be_asked_again(
    wire: OpenAIWire, claude: AnthropicWire, chain: FallbackChat
) -> None:
    wire.script(wire.error(429, "slow down", headers={"Retry-After": "120"}))
    claude.script(claude.error(529, "Overloaded", code="overloaded_error", headers={"Retry-After": "30"}))
    with pytest.raises(ProviderError) as caught:
        ask(chain)
    assert caught.value.retry_after == 30


def test_a_wrong_key_further_on_does_not_end_the_job(
    wire: OpenAIWire, claude: AnthropicWire, chain: FallbackChat
) -> None:
    wire.script(wire.error(429, "slow down", headers={"Retry-After": "120"}))
    claude.script(claude.error(401, "invalid x-api-key", code="authentication_error"))
    with pytest.raises(ProviderRateLimited) as caught:
        ask(chain)
    assert caught.value.retry_after == 120


def test_images_have_their_chain_too(wire: OpenAIWire, claude: AnthropicWire, ledger: Ledger) -> None:
    wire.script(wire.said("late", delay=3))
    claude.reply_with(lambda request: "A dog.")
    chain = FallbackVision(
        [
            MeteredVision(model, provider=name, meter=ledger)
            for name, model in (
                ("openai", OpenAIVision(model="sees", api_key="k", base_url=wire.url, timeout=0.3)),
                ("anthropic", AnthropicVision(model="looks", api_key="k", base_url=claude.url)),
            )
        ]
    )
    assert chain.describe(system="s", user="u", image=b"png", media_type="image/png").text == "A dog."
    assert [(call.purpose, call.outcome) for call in ledger.calls] == [
        ("vision", "ProviderTimeout"),
        ("vision", ANSWERED),
    ]


def test_a_call_says_what_it_is_for(wire: OpenAIWire, chain: FallbackChat, ledger: Ledger) -> None:
    wire.reply_with(lambda request: FACTS)
    ask(chain)
    with prompted("extraction", "7"):
        ask(chain)
    assert [(call.purpose, call.prompt_version) for call in ledger.calls] == [("facts", ""), ("extraction", "7")]


def test_what_the_meter_does_not_admit_is_not_sent(wire: OpenAIWire, chain: FallbackChat, ledger: Ledger) -> None:
    ledger.closed = ProviderTimeout("Nothing is left.", retry_after=60)
    with pytest.raises(ProviderTimeout):
        ask(chain)
    assert wire.requests == []
    assert ledger.calls == []


def test_embedding_is_noted_with_the_tokens_of_all_its_batches_and_never_refused(
    wire: OpenAIWire, ledger: Ledger
) -> None:
    embedder = MeteredEmbedder(
        OpenAIEmbedder(model="e5", api_key="k", base_url=wire.url, batch_size=2), provider="openai", meter=ledger
    )
    ledger.closed = ProviderTimeout("Nothing is left.")
    wire.script(
        embeddings([[1.0], [1.0]], usage={"prompt_tokens": 5, "total_tokens": 5}),
        embeddings([[1.0]], usage={"prompt_tokens": 3, "total_tokens": 3}),
        wire.error(503, "busy"),
    )
    assert embedder.embed(["a", "b", "c"]) == [[1.0]] * 3
    with pytest.raises(ProviderError):
        embedder.embed_query("a")
    assert embedder.embed([]) == []
    assert ledger.outcomes() == [("openai", "e5", 8, ANSWERED), ("openai", "e5", 0, "ProviderUnavailable")]
    assert {call.purpose for call in ledger.calls} == {"embedding"}
