"""How often the candidates hold the words of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from memories.recall.columns import Flags, Floats, Integers

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the values that
# suit short texts.
K1 = 0.9
B = 0.4


@dataclass(frozen=True, eq=False)
class Held:
    """Who holds which of the question's terms: a term's number, a candidate's row and a count in each place, by term.

    Mostly they are few, so that this is a fraction of a table of terms and candidates.
    """

    terms: Integers
    rows: Integers
    counts: Floats

    @classmethod
    def of(cls, entries: Sequence[tuple[int, int, float]]) -> Held:
        """Return what `entries` of term, row and count say."""
        terms, rows, counts = zip(*sorted(entries), strict=True) if entries else ((), (), ())
        return cls(np.array(terms, dtype=np.int64), np.array(rows, dtype=np.int64), np.array(counts, dtype=np.float64))

    @classmethod
    def joined(cls, several: Sequence[Held]) -> Held:
        """Return one for candidates that are in one of `several` each."""
        if len(several) < 2:
            return several[0] if several else cls.of([])
        terms = np.concatenate([one.terms for one in several])
        order = np.argsort(terms, kind="stable")
        rows, counts = (np.concatenate([getattr(one, name) for one in several]) for name in ("rows", "counts"))
        return cls(terms[order], rows[order], counts[order])

    def among(self, wanted: Flags) -> Held:
        """Return what is held by the candidates that are wanted."""
        kept = wanted[self.rows]
        return self if kept.all() else Held(self.terms[kept], self.rows[kept], self.counts[kept])

    def lacking(self, inherited: Held, size: int) -> Held:
        """Return what of `inherited` isn't held itself, once each; there are `size` candidates."""
        if not len(inherited.rows):
            return inherited
        own, others = self.terms * size + self.rows, inherited.terms * size + inherited.rows
        lacks = ~np.isin(others, own)
        return Held(inherited.terms[lacks], inherited.rows[lacks], np.ones(int(lacks.sum())))

    def of_terms(self, first: int, end: int) -> Held:
        """Return what is held of the terms from `first` to before `end`, which then are numbered from 0."""
        start, stop = np.searchsorted(self.terms, (first, end)).tolist()
        return Held(self.terms[start:stop] - first, self.rows[start:stop], self.counts[start:stop])


@dataclass(frozen=True, eq=False)
class Words:
    """Who holds which of the question's terms, and `idf[t]`, how rare term t is."""

    held: Held
    idf: Floats

    @classmethod
    def of(cls, terms: Sequence[str], held: Sequence[Mapping[str, tuple[float, float]]]) -> Words:
        """Return the words of candidates each of which says how often it holds which term, and the term's idf."""
        idf = np.zeros(len(terms))
        entries = []
        number_of = {term: number for number, term in enumerate(terms)}
        for row, candidate in enumerate(held):
            for term, (count, weight) in candidate.items():
                entries.append((number_of[term], row, count))
                idf[number_of[term]] = weight
        return cls(Held.of(entries), idf)

    @cached_property
    def weights(self) -> Floats:
        """Return what each term counts: a word that no candidate holds is a rare one."""
        rarest = self.idf.max(initial=0.0) or 1.0
        return np.where(self.idf > 0, self.idf, rarest)

    def inheriting(self, scores: Floats, inherited: Held) -> Floats:
        """Return BM25 `scores` with the words that a statement lacks and the messages around its sources hold.

        Each counts as one in a memory of mean length, that is by its weight: it is a word of a turn, and an extractor
        has left it out.
        """
        lacking = self.held.lacking(inherited, len(scores))
        if not len(lacking.rows):
            return scores
        added = summed(lacking.rows, self.weights[lacking.terms], len(scores))
        return np.where(added > 0, np.nan_to_num(scores) + added, scores)


def saturated(counts: Floats, length: Floats | float = 1.0) -> Floats:
    """Return what counts of a word are worth, ever less for one more: BM25, `length` being relative to the mean."""
    return counts * (K1 + 1) / (counts + K1 * length)


def summed(places: Integers, values: Floats, size: int) -> Floats:
    """Return the sum of the values at each of `size` places."""
    return np.bincount(places, weights=values, minlength=size).astype(np.float64, copy=False)
