"""One ranking out of several signals: a weighted mean of what each says, explained hit by hit.

Scores are fused, not ranks: on the development conversations that ranks far better, because how much better one
candidate is than the next is most of what a signal knows. docs/quality.md has the measurement, and how the
weights were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from memories.recall.columns import Flags, Floats, Integers
from memories.recall.pool import Pool
from memories.recall.types import Boost, Retriever, Signal


@dataclass(frozen=True, eq=False)
class Say:
    """What one signal says of each candidate: raw score (nan: nothing) and share (0..1); and its weight."""

    name: str
    weight: float
    raw: Floats
    shares: Floats

    def ranks(self, rows: Integers, within: Flags | None) -> Integers:
        """Return the ranks of the raw scores in `rows`, from 1; equal scores have the same."""
        others = self.raw if within is None else self.raw[within]
        ranks: Integers = np.count_nonzero(others[None, :] > self.raw[rows][:, None], axis=1) + 1
        return ranks


class Place(NamedTuple):
    """A candidate's rank, from 1, and its row in the pool."""

    rank: int
    row: int


class Ranking:
    """The candidates of a pool with their fused scores.

    Signals that the question gives no reason for have no say, so that 1 remains the best possible score.
    """

    def __init__(self, pool: Pool, says: Sequence[Say]) -> None:
        self._pool = pool
        self._says = says
        self._total = sum(say.weight for say in says) or 1.0
        fused = np.zeros(len(pool.columns))
        for say in says:
            fused += say.shares * (say.weight / self._total)
        self.scores = fused if pool.within is None else np.where(pool.within, fused, -1.0)

    def best(self, limit: int, wanted: Flags | None = None) -> Integers:
        """Return the rows of the best `limit` candidates (of those `wanted`), best first."""
        counted = self.scores >= 0 if wanted is None else (self.scores >= 0) & wanted
        rows = np.flatnonzero(counted)
        if len(rows) > limit:
            # All that might be among them: of equal scores the older memory comes first.
            least = np.partition(self.scores[rows], len(rows) - limit)[len(rows) - limit]
            rows = rows[self.scores[rows] >= least]
        ids = self._pool.columns.ids
        ordered = sorted(rows.tolist(), key=lambda row: (-self.scores[row], ids[row]))
        return np.array(ordered[:limit], dtype=np.int64)

    @cached_property
    def places(self) -> dict[UUID, Place]:
        """Return for each candidate that counts where it stands."""
        best = self.best(len(self.scores)).tolist()
        return {self._pool.columns.id(row): Place(rank, row) for rank, row in enumerate(best, start=1)}

    def signals(self, rows: Integers) -> list[dict[str, Signal]]:
        """Return what made the candidates' scores: contributions that add up to it. What adds nothing is no reason."""
        signals: list[dict[str, Signal]] = [{} for _ in rows]
        for say in self._says:
            shares, raw = say.shares[rows], say.raw[rows]
            if not shares.any():
                continue
            parts = shares * (say.weight / self._total)
            said = _lists(say.ranks(rows, self._pool.within), raw, parts, shares > 0)
            for signal, (rank, score, part, speaks) in zip(signals, said, strict=True):
                if speaks:
                    signal[say.name] = Signal(rank, score, part)
        return signals


def _lists(*columns: NDArray[Any]) -> Any:
    return zip(*(column.tolist() for column in columns), strict=True)


def fuse(pool: Pool, retrievers: Sequence[Retriever], boosts: Sequence[Boost]) -> Ranking:
    """Return the candidates of `pool` as the signals together rank them."""
    says = [_say(pool, retriever) for retriever in retrievers if retriever.name in pool.scores]
    weighed = [(boost, boost.weigh(pool)) for boost in boosts]
    says += [Say(boost.name, boost.weight, shares, shares) for boost, shares in weighed if shares is not None]
    return Ranking(pool, says)


def _say(pool: Pool, retriever: Retriever) -> Say:
    raw = pool.scores[retriever.name]
    return Say(retriever.name, retriever.weight, raw, np.where(np.isnan(raw), 0.0, retriever.share(raw)))
