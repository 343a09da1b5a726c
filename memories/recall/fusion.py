"""One ranking out of several signals: a weighted mean of what each says, explained hit by hit.

Scores are fused, not ranks: on the development conversations that ranks far better, because how much better one
candidate is than the next is most of what a signal knows. docs/quality.md has the measurement, and how the
weights were found.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from memories.recall.pool import Pool
from memories.recall.types import Boost, Retriever, Signal

Signals = dict[str, Signal]


def fuse(pool: Pool, retrievers: Sequence[Retriever], boosts: Sequence[Boost]) -> dict[UUID, Signals]:
    """Return each candidate's signals by name, best fused candidate first.

    The contributions of a candidate add up to its fused score. Signals that the question gives no reason for
    have no say, so that 1 remains the best possible score.
    """
    said = [(each.name, each.weight, *_retrieved(pool, each)) for each in retrievers if each.name in pool.rankings]
    for boost in boosts:
        if (shares := boost.weigh(pool)) is not None:
            said.append((boost.name, boost.weight, shares, shares))
    total = sum(weight for _, weight, _, _ in said) or 1.0
    signals: dict[UUID, Signals] = {memory_id: {} for memory_id in pool.facts}
    for name, weight, raw, shares in said:
        for memory_id, rank in _ranks(raw).items():
            # What adds nothing is no reason.
            if memory_id in signals and shares[memory_id]:
                signal = Signal(rank=rank, score=raw[memory_id], contribution=shares[memory_id] * weight / total)
                signals[memory_id][name] = signal
    return dict(sorted(signals.items(), key=lambda item: (-fused_score(item[1]), str(item[0]))))


def _retrieved(pool: Pool, retriever: Retriever) -> tuple[Mapping[UUID, float], Mapping[UUID, float]]:
    """Return a ranking's raw scores and their shares."""
    ranking = pool.rankings[retriever.name]
    shares = retriever.share([candidate.score for candidate in ranking])
    raw = {candidate.memory_id: candidate.score for candidate in ranking}
    return raw, dict(zip(raw, shares, strict=True))


def _ranks(scores: Mapping[UUID, float]) -> dict[UUID, int]:
    """Return the rank of each score, from 1; equal scores have the same."""
    ranks: dict[UUID, int] = {}
    last, rank = None, 0
    for place, (memory_id, score) in enumerate(sorted(scores.items(), key=lambda item: -item[1]), start=1):
        if score != last:
            last, rank = score, place
        ranks[memory_id] = rank
    return ranks


def fused_score(signals: Mapping[str, Signal]) -> float:
    """Return the sum of the contributions, 0..1."""
    return sum(signal.contribution for signal in signals.values())
