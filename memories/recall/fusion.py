"""One ranking out of several signals: a weighted mean of what each says, explained hit by hit.

Scores are fused, not ranks: on the development conversations that ranks far better, because how much better one
candidate is than the next is most of what a signal knows. docs/quality.md has the measurement, and how the
weights were found.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from memories.recall.pool import Pool
from memories.recall.types import Boost, Retriever, Signal


@dataclass(frozen=True)
class Say:
    """What one signal says of each candidate: raw score (None: nothing) and share (0..1); and its weight."""

    name: str
    weight: float
    raw: Sequence[float | None]
    shares: Sequence[float]

    @cached_property
    def _fallen(self) -> list[float]:
        return sorted(-score for score in self.raw if score is not None)

    def rank(self, score: float) -> int:
        """Return the rank of a raw score, from 1; equal scores have the same."""
        return bisect_left(self._fallen, -score) + 1


class Ranking:
    """The candidates in order of their fused scores, `ids`, best first.

    Signals that the question gives no reason for have no say, so that 1 remains the best possible score.
    """

    def __init__(self, says: Sequence[Say], ids: Sequence[UUID]) -> None:
        self._says = says
        self._total = sum(say.weight for say in says) or 1.0
        fused = [0.0] * len(ids)
        for say in says:
            part = say.weight / self._total
            fused = [score + share * part for score, share in zip(fused, say.shares, strict=True)]
        # Of equal scores the older memory comes first.
        order = sorted(range(len(ids)), key=lambda number: (-fused[number], ids[number].int))
        self.ids = [ids[number] for number in order]
        self._numbers = {ids[number]: number for number in order}
        self._fused = fused

    def score(self, memory_id: UUID) -> float:
        """Return a candidate's fused score, 0..1."""
        return self._fused[self._numbers[memory_id]]

    def signals(self, memory_id: UUID) -> dict[str, Signal]:
        """Return what made a candidate's score: contributions that add up to it. What adds nothing is no reason."""
        number = self._numbers[memory_id]
        return {
            say.name: Signal(say.rank(raw), raw, say.shares[number] * say.weight / self._total)
            for say in self._says
            if (raw := say.raw[number]) is not None and say.shares[number]
        }


def fuse(pool: Pool, retrievers: Sequence[Retriever], boosts: Sequence[Boost]) -> Ranking:
    """Return the candidates of `pool` as the signals together rank them."""
    says = [_say(pool, retriever) for retriever in retrievers if retriever.name in pool.rankings]
    weighed = [(boost, boost.weigh(pool)) for boost in boosts]
    says += [Say(boost.name, boost.weight, shares, shares) for boost, shares in weighed if shares is not None]
    return Ranking(says, [fact.id for fact in pool.facts])


def _say(pool: Pool, retriever: Retriever) -> Say:
    ranking = pool.rankings[retriever.name]
    shares = dict(zip(map(id, ranking), retriever.share([one.score for one in ranking]), strict=True))
    column = pool.column(retriever.name)
    raw = [one.score if one else None for one in column]
    return Say(retriever.name, retriever.weight, raw, [shares[id(one)] if one else 0.0 for one in column])
