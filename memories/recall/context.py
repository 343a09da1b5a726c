"""What was said around a candidate: the turns beside it, and the sitting as a whole.

An answer often shares no word with its question because the turn before it has them. Nothing is stored for this
but a memory's place in its sitting: a neighbour's signal is at hand when it is a candidate itself.
"""

from __future__ import annotations

import numpy as np

from memories.recall.columns import Floats
from memories.recall.dense import Dense
from memories.recall.pool import Pool

NEARBY = (-2, -1, 0, 1, 2)
BESIDE = (-1, 1)


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
        total, known = np.zeros(len(cosines)), np.zeros(len(cosines))
        for step in NEARBY:
            rows = pool.beside(step)
            beyond = np.where(pool.columns.place + step >= 0, floor, np.nan)
            near = np.where(rows >= 0, cosines[rows], beyond)
            there = ~np.isnan(near)
            total += np.where(there, near, 0.0)
            known += there
        return total / np.maximum(known, 1.0)


class Window:
    """How much of the question's words the turn and those beside it hold together, rare words counting more.

    For an extracted statement they are the messages around its sources, which say more than was extracted.
    """

    name = "window"
    weight = 2.0

    def weigh(self, pool: Pool) -> Floats | None:
        """Return the sums as shares of the best."""
        counts, held = pool.words.counts, pool.held
        rows = np.unique(np.concatenate([held.rows, *(pool.beside(step)[pool.words.rows] for step in BESIDE)]))
        rows = rows[rows >= 0]
        around = held.counts[:, rows]
        inherits = pool.inherited[:, rows].any(axis=0) if pool.inherited is not None else False
        for step in BESIDE:
            beside = pool.beside(step)[rows]
            around += np.where((beside >= 0) & ~np.asarray(inherits), counts[:, beside], 0.0)
        sums = np.zeros(len(pool.columns))
        sums[rows] = pool.words.saturated(around)
        return _shares(sums)


class Sitting:
    """How much of the question's words the whole sitting holds."""

    name = "session"
    weight = 1.5

    def weigh(self, pool: Pool) -> Floats | None:
        """Return the sums as shares of the best."""
        sitting, rows = pool.columns.sitting, pool.held.rows
        if not len(rows):
            return None
        size = int(sitting.max()) + 1
        sums = [np.bincount(sitting[rows], weights=counts, minlength=size) for counts in pool.held.counts[:, rows]]
        return _shares(pool.words.saturated(np.array(sums))[sitting])


def _shares(sums: Floats) -> Floats | None:
    best = sums.max(initial=0.0)
    return sums / best if best else None
