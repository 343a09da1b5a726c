"""What was said around a candidate: the turns beside it, and the sitting as a whole.

An answer often shares no word with its question because the turn before it has them. Nothing is stored for this
but a memory's place in its sitting: a neighbour's signal is at hand when it is a candidate itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from memories.recall.dense import Dense
from memories.recall.lexical import K1
from memories.recall.pool import Pool

NEARBY = (-2, -1, 0, 1, 2)
BESIDE = (-1, 0, 1)

Words = Mapping[str, float]


class Context:
    """The mean cosine of a turn and of the two before and after it."""

    name = "context"
    weight = 5.5

    def weigh(self, pool: Pool) -> Sequence[float] | None:
        """Return the mean of the neighbours that are there; those beyond the last of a cut ranking count as that."""
        ranking = pool.rankings.get(Dense.name)
        if not ranking:
            return None
        floor = max(ranking[-1].score, 0.0) if Dense.name in pool.cut else None
        cosines = [max(found.score, 0.0) if found else floor for found in pool.column(Dense.name)]
        means: list[float] = []
        for fact, near in zip(pool.facts, pool.beside(NEARBY), strict=True):
            there = [
                _cosine(cosines, number, floor, fact.place + step) for step, number in zip(NEARBY, near, strict=True)
            ]
            known = [cosine for cosine in there if cosine is not None]
            means.append(sum(known) / len(known) if known else 0.0)
        return means


def _cosine(cosines: Sequence[float | None], number: int | None, floor: float | None, place: int) -> float | None:
    if number is not None:
        return cosines[number]
    return floor if place >= 0 else None


class Window:
    """How much of the question's words the turn and those beside it hold together, rare words counting more.

    A statement that was extracted holds besides what the messages around its sources say.
    """

    name = "window"
    weight = 2.0

    def weigh(self, pool: Pool) -> Sequence[float] | None:
        """Return the sums as shares of the best."""
        held, idf = pool.words
        rarest = max(idf.values(), default=1.0)
        sums: list[float] = []
        for fact, near in zip(pool.facts, pool.beside(BESIDE), strict=True):
            around = [words for number in near if number is not None and (words := held[number])]
            if fact.inherited:
                around.append(dict.fromkeys(fact.inherited, 1.0))
            sums.append(_saturated(_together(around), idf, rarest) if around else 0.0)
        return _shares(sums)


class Sitting:
    """How much of the question's words the whole sitting holds."""

    name = "session"
    weight = 1.5

    def weigh(self, pool: Pool) -> Sequence[float] | None:
        """Return the sums as shares of the best."""
        held, idf = pool.words
        rarest = max(idf.values(), default=1.0)
        sittings: dict[str, list[Words]] = defaultdict(list)
        for fact, words in zip(pool.facts, held, strict=True):
            if words:
                sittings[fact.sitting_key].append(words)
        sums = {key: _saturated(_together(all_words), idf, rarest) for key, all_words in sittings.items()}
        return _shares([sums.get(fact.sitting_key, 0.0) for fact in pool.facts])


def _together(all_words: Sequence[Words]) -> Words:
    if len(all_words) == 1:
        return all_words[0]
    together: dict[str, float] = {}
    for words in all_words:
        for term, count in words.items():
            together[term] = together.get(term, 0.0) + count
    return together


def _saturated(words: Words, idf: Words, rarest: float) -> float:
    # BM25 without the length: all windows are about as long. A word that no candidate itself holds is a rare one.
    return sum(idf.get(term, rarest) * count * (K1 + 1) / (count + K1) for term, count in words.items())


def _shares(sums: Sequence[float]) -> list[float] | None:
    best = max(sums, default=0.0)
    return [value / best for value in sums] if best else None
