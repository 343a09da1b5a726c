"""What each call of a model costs: told to a meter, whichever adapter makes it and however it ends."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from providers.base import ChatModel, Completion, Description, Embedder, Reranker, VisionModel
from providers.errors import ProviderError

Answer = TypeVar("Answer", Completion, Description)
Counted = TypeVar("Counted")
ANSWERED = "answered"
EMBEDDING, RERANKING = "embedding", "rerank"


@dataclass(frozen=True, slots=True)
class Call:
    """One call: who was asked what for, what it took, and how it ended: ANSWERED, or our name of the error.

    Tokens are 0 where the server does not say.
    """

    provider: str
    model: str
    purpose: str
    prompt_version: str
    input_tokens: int
    output_tokens: int
    seconds: float
    outcome: str


class Meter(Protocol):
    """Lets calls through and is told of them."""

    def admit(self) -> None:
        """Raise ProviderError if the call that is about to be made may not be."""

    def note(self, call: Call) -> None:
        """Take note of a call that was made."""


_prompt: ContextVar[tuple[str, str] | None] = ContextVar("prompt", default=None)


@contextmanager
def prompted(purpose: str, version: str) -> Iterator[None]:
    """Say what the calls within are for, and by which version of their prompt."""
    token = _prompt.set((purpose, version))
    try:
        yield
    finally:
        _prompt.reset(token)


class MeteredChat:
    """A ChatModel whose calls are metered; `provider` is what its vendor is called there."""

    def __init__(self, model: ChatModel, *, provider: str, meter: Meter) -> None:
        self.name = model.name
        self.provider = provider
        self._model = model
        self._meter = meter

    def complete_json(self, *, system: str, user: str, schema: dict[str, Any], schema_name: str) -> Completion:
        """Answer as the model does; see ChatModel. Without `prompted`, the purpose is the schema's name."""
        return metered(
            lambda: self._model.complete_json(system=system, user=user, schema=schema, schema_name=schema_name),
            model=self.name,
            provider=self.provider,
            purpose=schema_name,
            meter=self._meter,
        )


class MeteredVision:
    """A VisionModel whose calls are metered."""

    def __init__(self, model: VisionModel, *, provider: str, meter: Meter) -> None:
        self.name = model.name
        self.provider = provider
        self._model = model
        self._meter = meter

    def describe(self, *, system: str, user: str, image: bytes, media_type: str) -> Description:
        """Answer as the model does; see VisionModel."""
        return metered(
            lambda: self._model.describe(system=system, user=user, image=image, media_type=media_type),
            model=self.name,
            provider=self.provider,
            purpose="vision",
            meter=self._meter,
        )


_counted: ContextVar[list[int] | None] = ContextVar("counted", default=None)


def count_tokens(tokens: int) -> None:
    """Add to what the call at hand costs. Adapters say it here where answers carry no count: vectors, scores."""
    if (counted := _counted.get()) is not None:
        counted.append(tokens)


class MeteredEmbedder:
    """An Embedder whose calls are noted. They are never refused: what comes before them is paid for already."""

    def __init__(self, model: Embedder, *, provider: str, meter: Meter) -> None:
        self.name = model.name
        self.provider = provider
        self._model = model
        self._meter = meter

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector per text as the model does; see Embedder."""
        return self._noted(lambda: self._model.embed(texts)) if texts else []

    def embed_query(self, text: str) -> list[float]:
        """Return the vector to look with as the model does; see Embedder."""
        return self._noted(lambda: self._model.embed_query(text))

    def _noted(self, ask: Callable[[], Counted]) -> Counted:
        return noted(ask, model=self.name, provider=self.provider, purpose=EMBEDDING, meter=self._meter)


class MeteredReranker:
    """A Reranker whose calls are noted; never refused, for it has no share in a budget of tokens."""

    def __init__(self, model: Reranker, *, provider: str, meter: Meter) -> None:
        self.name = model.name
        self.provider = provider
        self._model = model
        self._meter = meter

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one score per text as the model does; see Reranker."""
        return noted(
            lambda: self._model.rerank(query, texts),
            model=self.name,
            provider=self.provider,
            purpose=RERANKING,
            meter=self._meter,
        )


def noted(ask: Callable[[], Counted], *, model: str, provider: str, purpose: str, meter: Meter) -> Counted:
    """Return what `ask` returns, and tell the meter of it with the tokens that adapters count meanwhile."""
    counted: list[int] = []
    token = _counted.set(counted)
    started, outcome = time.monotonic(), ANSWERED
    try:
        return ask()
    except ProviderError as error:
        outcome = type(error).__name__
        raise
    finally:
        _counted.reset(token)
        seconds = time.monotonic() - started
        meter.note(Call(provider, model, purpose, "", sum(counted), 0, seconds, outcome))


def metered(ask: Callable[[], Answer], *, model: str, provider: str, purpose: str, meter: Meter) -> Answer:
    """Return what `ask` returns, and tell the meter of it; what it raises is told and raised."""
    meter.admit()
    purpose, version = _prompt.get() or (purpose, "")
    started = time.monotonic()

    def note(answered_by: str, tokens: tuple[int, int], outcome: str) -> None:
        seconds = time.monotonic() - started
        meter.note(Call(provider, answered_by, purpose, version, *tokens, seconds, outcome))

    try:
        answer = ask()
    except ProviderError as error:
        note(model, error.tokens, type(error).__name__)
        raise
    note(answer.model, (answer.input_tokens, answer.output_tokens), ANSWERED)
    return answer
