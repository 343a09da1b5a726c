"""Reading the best of what was found together with the question, by a model that is made for it."""

from __future__ import annotations

import logging
from dataclasses import replace

from django.conf import settings

from accounts.models import Project
from memories.metering.charging import charged_to
from memories.models import Memory
from memories.providers import get_reranker
from memories.recall.types import Recall, Reranked
from providers.errors import ProviderError

logger = logging.getLogger(__name__)
NO_RERANKER = "rerank: no reranking model is configured, so the order is the retrievers' own."


def read_by_reranker(asked: bool | None) -> int:
    """Return how many of the best a reranker is to read, 0 for none; `asked` is None where the call doesn't say."""
    wanted = settings.RERANK_ALWAYS if asked is None else asked
    return settings.RERANK_CANDIDATES if wanted and get_reranker() else 0


def reranked(project: Project, query: str, recall: Recall, *, candidates: int, limit: int) -> Recall:
    """Return `recall` with the first `candidates` hits in the order of the reranker, and of all the first `limit`.

    If the reranker fails or takes too long, the order stays as it is and a warning says so.
    """
    model = get_reranker()
    if model is None or not recall.hits:
        return replace(recall, hits=recall.hits[:limit])
    read, rest = recall.hits[:candidates], recall.hits[candidates:]
    try:
        with charged_to(project.pk):
            scores = model.rerank(query, [_told(hit.memory) for hit in read])
    except ProviderError as error:
        logger.warning("The reranker failed: %s", error)
        told = f"Not reranked, so the order is the retrievers' own: {error}"
        return replace(recall, hits=recall.hits[:limit], warnings=[*recall.warnings, told])
    judged = [
        replace(hit, reranked=Reranked(score, rank))
        for rank, (hit, score) in enumerate(zip(read, scores, strict=True), start=1)
    ]
    judged.sort(key=lambda hit: -hit.reranked.score if hit.reranked else 0.0)
    return replace(recall, hits=[*judged, *rest][:limit], reranker=model.name)


def _told(memory: Memory) -> str:
    """Return the memory as the model reads it: who speaks is in no other word of a turn."""
    return f"{memory.speaker}: {memory.text}" if memory.speaker else memory.text
