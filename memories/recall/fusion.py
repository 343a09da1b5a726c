"""One ranking out of several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from memories.recall.types import Candidate, Signal

# Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual rank learning
# methods" (2009), took k = 60 for lists of a thousand; over one person's memories the first places differ
# much more than the later ones, and a small k says so. docs/quality.md has the measurement.
RRF_K = 5


def fuse(rankings: Mapping[str, Sequence[Candidate]]) -> dict[UUID, dict[str, Signal]]:
    """Return each candidate's signals by retriever, best fused candidate first.

    The contributions of a candidate add up to its fused score: 1 when every retriever ranks it first.
    """
    share = (RRF_K + 1) / max(len(rankings), 1)
    signals: dict[UUID, dict[str, Signal]] = {}
    for name, candidates in rankings.items():
        for rank, candidate in enumerate(candidates, start=1):
            signal = Signal(rank=rank, score=candidate.score, contribution=share / (RRF_K + rank))
            signals.setdefault(candidate.memory_id, {})[name] = signal
    return dict(sorted(signals.items(), key=lambda item: (-fused_score(item[1]), str(item[0]))))


def fused_score(signals: Mapping[str, Signal]) -> float:
    """Return the sum of the contributions, 0..1."""
    return sum(signal.contribution for signal in signals.values())
