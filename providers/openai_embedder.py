"""An embedding model behind OpenAI's wire protocol: OpenAI, TEI, Ollama, vLLM and most vendors.

Protocol: https://platform.openai.com/docs/api-reference/embeddings/create
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from openai import Omit, omit

from providers.errors import ProviderInvalidOutput
from providers.metering import count_tokens
from providers.openai_client import check_body, connect, translated


class OpenAIEmbedder:
    """Embeds `batch_size` texts per call (TEI takes 32 unless told otherwise, DashScope 10).

    `timeout` is in seconds. `dimensions` asks for shorter vectors, of models that can. Some models want a prefix
    that tells a query from a document (E5: "query: " and "passage: "). `api_version` makes it speak as Azure does.
    """

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str | None = None,
        timeout: float = 30.0,
        dimensions: int | None = None,
        query_prefix: str = "",
        document_prefix: str = "",
        batch_size: int = 32,
        api_version: str | None = None,
    ) -> None:
        # What changes a stored vector belongs into the name it is stored under.
        size = f"@{dimensions}" if dimensions else ""
        prefix = f" {document_prefix.strip()!r}" if document_prefix else ""
        self.name = f"{model}{size}{prefix}"
        self._model = model
        self._client = connect(base_url=base_url, api_key=api_key, timeout=timeout, api_version=api_version)
        self._dimensions: int | Omit = dimensions or omit
        self._query_prefix = query_prefix
        self._document_prefix = document_prefix
        self._batch_size = batch_size

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector of unit length per text, in order. Raises ProviderError."""
        return self._embed([self._document_prefix + text for text in texts])

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of unit length to look for what answers `text`. Raises ProviderError."""
        return self._embed([self._query_prefix + text])[0]

    def _embed(self, texts: list[str]) -> list[list[float]]:
        vectors: list[list[float]] = []
        for start in range(0, len(texts), self._batch_size):
            vectors += self._embed_batch(texts[start : start + self._batch_size])
        if len({len(vector) for vector in vectors}) > 1:
            raise self._wrong("vectors of different lengths")
        return vectors

    def _embed_batch(self, texts: list[str]) -> list[list[float]]:
        with translated(self._client, self._model):
            answer = self._client.embeddings.create(
                model=self._model,
                # OpenAI rejects an empty text.
                input=[text or " " for text in texts],
                dimensions=self._dimensions,
                # Left out, the package asks for base64, which TEI and Ollama do not know.
                encoding_format="float",
            )
        check_body(answer, self._client, self._model)
        count_tokens(getattr(answer.usage, "prompt_tokens", None) or 0)
        # The protocol numbers the vectors and promises no order.
        numbered = {getattr(item, "index", None): getattr(item, "embedding", None) for item in answer.data or []}
        if len(answer.data or []) != len(texts) or numbered.keys() != set(range(len(texts))):
            raise self._wrong(f"{len(answer.data or [])} vectors for {len(texts)} texts, or numbered them wrongly")
        return [self._unit(numbered[i]) for i in range(len(texts))]

    def _unit(self, vector: Any) -> list[float]:
        """Return `vector` at length 1; cut-down vectors of some models come at another."""
        if not isinstance(vector, list) or not all(isinstance(number, int | float) for number in vector):
            raise self._wrong("something that is no list of numbers")
        if isinstance(self._dimensions, int) and len(vector) != self._dimensions:
            raise self._wrong(f"{len(vector)} dimensions instead of {self._dimensions}")
        length = math.hypot(*vector)
        if not math.isfinite(length) or length == 0.0:
            raise self._wrong("a vector without a direction")
        return [number / length for number in vector]

    def _wrong(self, what: str) -> ProviderInvalidOutput:
        return ProviderInvalidOutput(f"{self._model} returned {what}. Check that it is an embedding model.")
