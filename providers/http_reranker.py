"""A reranking model behind a `/rerank` endpoint, in either of the two protocols that there are.

"cohere": https://docs.cohere.com/reference/rerank; Jina, vLLM, Infinity, LiteLLM and OpenVINO speak it too.
"tei": Text Embeddings Inference, https://huggingface.github.io/text-embeddings-inference/
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from providers.errors import ProviderInvalidOutput
from providers.json_http import JSONServer
from providers.metering import count_tokens
from providers.presets import RERANK_COHERE, RERANK_TEI, RERANK_WIRES

# TEI takes no more unless its operator says otherwise; the others a thousand and more.
BATCH_SIZES = {RERANK_COHERE: 500, RERANK_TEI: 32}


class HTTPReranker:
    """Asks `base_url`/rerank how well each text answers a query.

    `wire` is one of RERANK_WIRES; TEI serves one model and needs no name of it. `timeout` is in seconds, per call.
    """

    def __init__(
        self, *, base_url: str, api_key: str = "", model: str = "", wire: str = RERANK_COHERE, timeout: float = 2.0
    ) -> None:
        if wire not in RERANK_WIRES:
            raise ValueError(f"There is no wire {wire!r}; there are {' and '.join(RERANK_WIRES)}.")
        self.name = model or "reranker"
        self._model = model
        self._wire = wire
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        url = f"{base_url.rstrip('/')}/rerank"
        self._server = JSONServer(url, model=self.name, api_key=api_key, headers=headers, timeout=timeout)

    def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return how well each text answers `query`, in order; see Reranker. Raises ProviderError."""
        size = BATCH_SIZES[self._wire]
        batches = (list(texts[start : start + size]) for start in range(0, len(texts), size))
        return [score for batch in batches for score in self._batch(query, batch)]

    def _batch(self, query: str, texts: list[str]) -> list[float]:
        if self._wire == RERANK_TEI:
            rows = self._server.post({"query": query, "texts": texts, "truncate": True})
            return self._scores(rows, "score", len(texts))
        # All of them come back, so that what is not among the best has a score, too.
        request = {"query": query, "documents": texts, "top_n": len(texts)}
        answer = self._server.post({"model": self._model, **request} if self._model else request)
        body = answer if isinstance(answer, dict) else {}
        usage = body.get("usage")
        count_tokens(int(usage.get("total_tokens") or 0) if isinstance(usage, dict) else 0)
        return self._scores(body.get("results"), "relevance_score", len(texts))

    def _scores(self, rows: Any, field: str, count: int) -> list[float]:
        """Return the scores of `rows`, which are numbered and in any order."""
        numbered = {row.get("index"): row.get(field) for row in rows or () if isinstance(row, dict)}
        scores = [numbered.get(i) for i in range(count)]
        if len(numbered) != count or not all(_is_score(score) for score in scores):
            raise ProviderInvalidOutput(
                f"{self._server.where} answered with something other than JSON scores, one for each of {count} texts. "
                "Check that it is a reranking model, and its wire."
            )
        return [float(score) for score in scores if score is not None]


def _is_score(score: object) -> bool:
    return isinstance(score, int | float) and not isinstance(score, bool) and math.isfinite(score)
