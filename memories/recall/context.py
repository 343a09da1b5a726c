"""What was said around a candidate: the turns beside it, and the sitting as a whole.

An answer often shares no word with its question because the turn before it has them. Nothing is stored for this
but a memory's place in its sitting: a neighbour's signal is at hand when it is a candidate itself.
"""

from __future__ import annotations

import numpy as np

from memories.recall.columns import Floats
from memories.recall.dense import Dense
from memories.recall.pool import Pool
from memories.recall.words import saturated, summed

NEARBY = (-2, -1, 0, 1, 2)
BESIDE = (-1, 1)
# Counts of a term in a candidate that are worked on at once: as many as a core has at hand.
AT_ONCE = 1 << 16


class Context:
    """The mean cosine of a turn and of the two before and after it."""

    name = "context"
    weight = 5.5

    def weigh(self, pool: Pool) -> Floats | None:
        """Return the mean of the neighbours that are there; those beyond the last of a cut ranking count as that."""
        scores = pool.scores.get(Dense.name)
        if scores is None or np.isnan(scores).all():
            return None
        floor = max(pool.cut[Dense.name], 0.0) if Dense.name in pool.cut else np.nan
        cosines = np.where(np.isnan(scores), floor, np.maximum(scores, 0.0))
        # With one row more, for the neighbours that are no candidates.
        told = np.append(np.nan_to_num(cosines), 0.0)
        counts = np.append(~np.isnan(cosines), False)
        total, known = np.zeros(len(cosines)), np.zeros(len(cosines))
        for step in NEARBY:
            rows = pool.beside(step)
            total += told[rows]
            known += counts[rows]
            if not np.isnan(floor):
                beyond = (rows < 0) & (pool.columns.place + step >= 0)
                total += floor * beyond
                known += beyond
        return total / np.maximum(known, 1.0)


class Window:
    """How much of the question's words the turn and those beside it hold together, rare words counting more.

    For an extracted statement they are the messages around its sources, which say more than was extracted.
    """

    name = "window"
    weight = 2.0

    def weigh(self, pool: Pool) -> Floats | None:
        """Return the sums as shares of the best."""
        size, weights = len(pool.columns), pool.words.weights
        if not size:
            return None
        sums, several = np.zeros(size), max(1, AT_ONCE // size)
        for first in range(0, len(weights), several):
            end = min(first + several, len(weights))
            around = self._around(pool, first, end).reshape(end - first, size)
            sums += weights[first:end] @ saturated(around)
        return _shares(sums)

    def _around(self, pool: Pool, first: int, end: int) -> Floats:
        """Return how often each candidate's window holds each of some terms: a term's candidates in a row."""
        size = len(pool.columns)
        said, held = pool.words.held.of_terms(first, end), pool.held.of_terms(first, end)
        places, counts = [held.terms * size + held.rows], [held.counts]
        for step in BESIDE:
            beside = pool.beside(step)[said.rows]
            there = (beside >= 0) & ~pool.inherits[beside]
            places.append(said.terms[there] * size + beside[there])
            counts.append(said.counts[there])
        return summed(np.concatenate(places), np.concatenate(counts), (end - first) * size)


class Sitting:
    """How much of the question's words the whole sitting holds."""

    name = "session"
    weight = 1.5

    def weigh(self, pool: Pool) -> Floats | None:
        """Return the sums as shares of the best."""
        held, sitting = pool.held, pool.columns.sitting
        if not len(held.rows):
            return None
        size, terms = int(sitting.max()) + 1, len(pool.words.idf)
        counts = summed(held.terms * size + sitting[held.rows], held.counts, terms * size)
        sums = pool.words.weights @ saturated(counts.reshape(terms, size))
        return _shares(sums[sitting])


def _shares(sums: Floats) -> Floats | None:
    best = sums.max(initial=0.0)
    return sums / best if best else None
