"""Why a memory that somebody expected is, or is not, among what a search finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.recall.fusion import fuse
from memories.recall.scope import Scope
from memories.recall.types import Boost, Recall, Signal
from memories.services.search import boosts, consult, retrievers


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
    scope: MemoryQuerySet | Scope,
    query: str,
    limit: int = 10,
    threshold: float = 0.0,
    by_words: bool = True,
    today: date | None = None,
    further: Sequence[Boost] = (),
    embedder: str = "",
    why_not: Callable[[Memory], str],
) -> list[Explanation]:
    """Return for each of `expected` what became of it in a search of `scope` with the same arguments.

    `expected` is narrowed to what the principal may see; `scope` is what the search looks through, and `why_not`
    tells what keeps a memory out of it, see absence.py. Nothing is logged: the caller names the memories. Raises
    ProviderError as a search does.
    """
    seen = scope if isinstance(scope, Scope) else Scope(scope)
    pool, _ = consult(seen, query, limit, by_words=by_words, today=today, embedder=embedder)
    ranking = fuse(pool, retrievers(), [*boosts(), *further])
    inside = seen.holds([memory.pk for memory in expected])
    explanations: list[Explanation] = []
    for memory in expected:
        if place := ranking.places.get(memory.pk):
            score = float(ranking.scores[place.row])
            reason = _found(place.rank, score, limit, threshold)
            signals = ranking.signals(np.array([place.row]))[0]
            explanations.append(Explanation(memory, reason, place.rank, score, signals))
        else:
            explanations.append(Explanation(memory, NOT_A_CANDIDATE if memory.pk in inside else why_not(memory)))
    return explanations


def explain_found(*, found: Recall, limit: int, **how: Any) -> list[Explanation]:
    """Return what became of the expected memories in the search that has `found`, after rewriting and reranking.

    `how` is what `explain_expected` takes besides. No model is asked again but the embedder.
    """
    by_query = [explain_expected(query=query, limit=limit, **how) for query in found.queries]
    shown = {str(hit.memory.id): rank for rank, hit in enumerate(found.hits, start=1)}
    best = [max(each, key=lambda one: one.score) for each in zip(*by_query, strict=True)]
    return [_as_shown(one, shown.get(str(one.memory.pk)), found, limit) for one in best]


def _as_shown(one: Explanation, rank: int | None, found: Recall, limit: int) -> Explanation:
    if one.rank is None or not (found.reranker or len(found.queries) > 1):
        return one
    if rank is not None:
        moved = f"It is among the results: {found.reranker} moved it from {one.rank} to {rank}."
        return replace(one, rank=rank, reason=moved if found.reranker else AMONG)
    if found.reranker:
        pushed = f"It ranked {one.rank} before {found.reranker} reranked, which put it behind the {limit} asked for"
        return replace(one, reason=f"{pushed}, or was not given it to read.")
    higher = f"It ranks {one.rank} for one of the queries, but others are among the best {limit} of all."
    return replace(one, reason=higher) if one.reason == AMONG else one


def _found(rank: int, score: float, limit: int, threshold: float) -> str:
    if rank > limit:
        return f"It ranks {rank}, behind the {limit} that were asked for."
    if score < threshold:
        return f"Its score of {score:.3f} is below the threshold of {threshold:g}."
    return AMONG


AMONG = "It is among the results."
NOT_A_CANDIDATE = "It shares no word with the query, and too many memories are nearer in meaning."
