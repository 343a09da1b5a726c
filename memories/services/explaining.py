"""Why a memory that somebody expected is, or is not, among what a search finds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.recall.fusion import fuse, fused_score
from memories.recall.scope import Scope
from memories.recall.types import Signal
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
    scope: MemoryQuerySet,
    query: str,
    limit: int = 10,
    threshold: float = 0.0,
    by_words: bool = True,
    today: date | None = None,
) -> list[Explanation]:
    """Return for each of `expected` what became of it in a search of `scope` with the same arguments.

    `expected` is narrowed to what the principal may see; `scope` is what the search looks through. Nothing is
    logged: the caller names the memories. Raises ProviderError as a search does.
    """
    pool, _ = consult(Scope(scope), query, limit, by_words=by_words, today=today)
    ranked = list(fuse(pool, retrievers(), boosts()).items())
    ranks = {memory_id: (rank, signals) for rank, (memory_id, signals) in enumerate(ranked, start=1)}
    inside = set(scope.filter(pk__in=[memory.pk for memory in expected]).values_list("pk", flat=True))
    return [_explained(memory, ranks.get(memory.pk), memory.pk in inside, limit, threshold) for memory in expected]


def _explained(
    memory: Memory, found: tuple[int, dict[str, Signal]] | None, is_inside: bool, limit: int, threshold: float
) -> Explanation:
    if found is None:
        return Explanation(memory, _absent(memory) if not is_inside else NOT_A_CANDIDATE)
    rank, signals = found
    score = fused_score(signals)
    reason = "It is among the results."
    if rank > limit:
        reason = f"It ranks {rank}, behind the {limit} that were asked for."
    elif score < threshold:
        reason = f"Its score of {score:.3f} is below the threshold of {threshold:g}."
    return Explanation(memory, reason, rank, score, signals)


NOT_A_CANDIDATE = "It shares no word with the query, and too many memories are nearer in meaning."


def _absent(memory: Memory) -> str:
    """Return why a memory is outside the scope; what the filters say cannot be told apart from here."""
    if memory.state != Memory.State.ACTIVE:
        return f"Only active memories are recalled; this one's state is {memory.state}."
    return "The filters of the search leave it out, or it has expired."
