"""What the product asks of a model. Implementations are found by dotted path, not by inheritance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Completion:
    """An answer that matches its schema, and what it cost in tokens (0 when the server does not say)."""

    content: dict[str, Any]
    model: str
    input_tokens: int
    output_tokens: int


class ChatModel(Protocol):
    """A language model that answers in JSON. One instance serves all threads."""

    name: str

    def complete_json(self, *, system: str, user: str, schema: dict[str, Any], schema_name: str) -> Completion:
        """Answer `user` under the instructions of `system`.

        `schema` is a JSON Schema of an object that keeps to OpenAI's strict subset (every property required,
        `additionalProperties: false`); `schema_name` is made of letters, digits, `_` and `-`.
        Raises ProviderError. Waits for the network, so never call it inside a transaction.
        """


@dataclass(frozen=True, slots=True)
class Description:
    """What is to be seen in an image, in words, and what saying so cost."""

    text: str
    model: str
    input_tokens: int
    output_tokens: int


class VisionModel(Protocol):
    """A language model that sees. One instance serves all threads."""

    name: str

    def describe(self, *, system: str, user: str, image: bytes, media_type: str) -> Description:
        """Answer `user` about `image` in words, under the instructions of `system`.

        Raises ProviderError. Waits for the network, so never call it inside a transaction.
        """


class Embedder(Protocol):
    """Turns texts into vectors of unit length. One instance serves all threads.

    `name` is stored with each vector: two embedders whose vectors may not be compared have different names.
    """

    name: str

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector per text, in order and all of one length. Raises ProviderError."""

    def embed_query(self, text: str) -> list[float]:
        """Return the vector to look for what answers `text`. Raises ProviderError."""


class Reranker(Protocol):
    """Reads a query together with each text, which tells more of the two than their vectors do."""

    name: str

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers `query`, in the order of the texts; higher is better, the unit its own.

        Raises ProviderError. Waits for the network, so never call it inside a transaction.
        """
