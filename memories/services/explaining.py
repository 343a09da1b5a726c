"""Why a memory that somebody expected is, or is not, among what a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.recall.scope import Scope
from memories.recall.types import Recall, Signal
from memories.services.search import rank


@dataclass(frozen=True, slots=True)
class Explanation:
    """Where `memory` stands: its rank from 1 with its score and signals, or no rank. `reason` says it in words."""

    memory: Memory
    reason: str
    rank: int | None = None
    score: float = 0.0
    signals: dict[str, Signal] | None = None


def explain_expected(
    *,
    expected: MemoryQuerySet,
    scope: MemoryQuerySet,
    found: Recall,
    limit: int = 10,
    threshold: float = 0.0,
    by_words: bool = True,
    today: date | None = None,
    embedder: str = "",
) -> list[Explanation]:
    """Return for each of `expected` what became of it in the search of `scope` that has `found`, with its arguments.

    `expected` is narrowed to what the principal may see; `scope` is what the search looks through. Nothing is
    logged: the caller names the memories. No model is asked again but the embedder. Raises ProviderError as a
    search does.
    """
    ranking, _question, _warnings = rank(
        Scope(scope), found.queries, limit, by_words=by_words, today=today, embedder=embedder
    )
    shown = {hit.memory.pk: number for number, hit in enumerate(found.hits, start=1)}
    ranks = {memory_id: rank for rank, memory_id in enumerate(ranking.ids, start=1)}
    inside = set(scope.filter(pk__in=[memory.pk for memory in expected]).values_list("pk", flat=True))
    explanations: list[Explanation] = []
    for memory in expected:
        if place := ranks.get(memory.pk):
            score, now = ranking.score(memory.pk), shown.get(memory.pk)
            if found.reranker:
                reason = _reranked(place, now, found.reranker)
            else:
                reason = _found(place, score, limit, threshold)
            explanations.append(Explanation(memory, reason, now or place, score, ranking.signals(memory.pk)))
        else:
            explanations.append(Explanation(memory, NOT_A_CANDIDATE if memory.pk in inside else _absent(memory)))
    return explanations


def _reranked(rank: int, shown: int | None, model: str) -> str:
    if shown is None:
        return f"It ranked {rank} before {model} reranked, which put it behind what was asked for or never saw it."
    return f"It is among the results: {model} moved it from {rank} to {shown}."


def _found(rank: int, score: float, limit: int, threshold: float) -> str:
    if rank > limit:
        return f"It ranks {rank}, behind the {limit} that were asked for."
    if score < threshold:
        return f"Its score of {score:.3f} is below the threshold of {threshold:g}."
    return "It is among the results."


NOT_A_CANDIDATE = "It shares no word with the query, and too many memories are nearer in meaning."


def _absent(memory: Memory) -> str:
    """Return why a memory is outside the scope; what the filters say cannot be told apart from here."""
    if memory.state != Memory.State.ACTIVE:
        return f"Only active memories are recalled; this one's state is {memory.state}."
    return "The filters of the search leave it out, or it has expired."
