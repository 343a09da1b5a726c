"""How often the candidates hold the words of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from memories.recall.columns import Floats, Integers

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the values that
# suit short texts.
K1 = 0.9
B = 0.4


@dataclass(frozen=True, eq=False)
class Words:
    """`counts[t, i]` is how often candidate i holds term t, `idf[t]` how rare the term is."""

    counts: Floats
    idf: Floats

    @classmethod
    def of(cls, terms: Sequence[str], held: Sequence[Mapping[str, tuple[float, float]]]) -> Words:
        """Return the words of candidates each of which says how often it holds which term, and the term's idf."""
        counts, idf = np.zeros((len(terms), len(held))), np.zeros(len(terms))
        row_of = {term: row for row, term in enumerate(terms)}
        for number, candidate in enumerate(held):
            for term, (count, weight) in candidate.items():
                counts[row_of[term], number] = count
                idf[row_of[term]] = weight
        return cls(counts, idf)

    @cached_property
    def rows(self) -> Integers:
        """Return the candidates that hold any of the words; mostly they are few."""
        return np.flatnonzero(self.counts.any(axis=0))

    def saturated(self, counts: Floats) -> Floats:
        """Return for each column of `counts` how much of the question it holds, rare words counting more.

        BM25 without the length: all windows are about as long. A word that no candidate holds is a rare one.
        """
        weighed: Floats = self._rarity @ (counts * (K1 + 1) / (counts + K1))
        return weighed

    def inheriting(self, scores: Floats, inherited: Floats | None) -> Floats:
        """Return BM25 `scores` with the words that a statement lacks and the messages around its sources hold.

        Each counts as one in a memory of mean length, that is by its idf: it is a word of a turn, and an extractor has
        left it out. `inherited` is 1 where messages hold a word, None if nothing is known of any.
        """
        if inherited is None:
            return scores
        added = self._rarity @ (inherited * (self.counts == 0))
        return np.where(added > 0, np.nan_to_num(scores) + added, scores)

    @property
    def _rarity(self) -> Floats:
        rarest = self.idf.max(initial=0.0) or 1.0
        return np.where(self.idf > 0, self.idf, rarest)
