"""What was said around a candidate: the turns beside it, and the sitting as a whole.

An answer often shares no word with its question because the turn before it has them. Nothing is stored for this
but a memory's place in its sitting: a neighbour's signal is at hand when it is a candidate itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from uuid import UUID

from memories.recall.dense import Dense
from memories.recall.lexical import K1, Lexical
from memories.recall.pool import Fact, Pool

NEARBY = (-2, -1, 0, 1, 2)
BESIDE = (-1, 0, 1)


class Context:
    """The mean cosine of a turn and of the two before and after it."""

    name = "context"
    weight = 5.5

    def weigh(self, pool: Pool) -> Mapping[UUID, float] | None:
        """Return the mean of the neighbours that are there; those beyond the last of a cut ranking count as that."""
        ranking = pool.rankings.get(Dense.name)
        if not ranking:
            return None
        cosines = {candidate.memory_id: max(candidate.score, 0.0) for candidate in ranking}
        floor = max(ranking[-1].score, 0.0) if Dense.name in pool.cut else None
        return {fact.id: _mean(fact, pool, cosines, floor) for fact in pool.facts.values()}


def _mean(fact: Fact, pool: Pool, cosines: Mapping[UUID, float], floor: float | None) -> float:
    found: list[float] = []
    for step in NEARBY if fact.sitting else (0,):
        near = pool.places.get((fact.sitting, fact.place + step)) if step else fact.id
        cosine = cosines.get(near) if near else None
        if cosine is None and fact.place + step >= 0:
            cosine = floor
        if cosine is not None:
            found.append(cosine)
    return sum(found) / len(found) if found else 0.0


class Window:
    """How much of the question's words the turn and those beside it hold together, rare words counting more.

    A statement that was extracted holds besides what the messages around its sources say.
    """

    name = "window"
    weight = 2.0

    def weigh(self, pool: Pool) -> Mapping[UUID, float] | None:
        """Return the sums as shares of the best."""
        held, idf = _words(pool)
        sums: dict[UUID, float] = {}
        for fact in pool.facts.values():
            together = Counter(fact.inherited or ())
            for step in BESIDE if fact.sitting else (0,):
                near = pool.places.get((fact.sitting, fact.place + step)) if step else fact.id
                for term, count in held.get(near, {}).items() if near else ():
                    together[term] += count
            sums[fact.id] = _saturated(together, idf)
        return _shares(sums)


class Sitting:
    """How much of the question's words the whole sitting holds."""

    name = "session"
    weight = 1.5

    def weigh(self, pool: Pool) -> Mapping[UUID, float] | None:
        """Return the sums as shares of the best."""
        held, idf = _words(pool)
        sittings: dict[UUID, Counter[str]] = defaultdict(Counter)
        for fact in pool.facts.values():
            if words := held.get(fact.id):
                sittings[fact.sitting or fact.id].update(words)
        sums = {sitting: _saturated(words, idf) for sitting, words in sittings.items()}
        return _shares({fact.id: sums.get(fact.sitting or fact.id, 0.0) for fact in pool.facts.values()})


def _words(pool: Pool) -> tuple[Mapping[UUID, Mapping[str, float]], Mapping[str, float]]:
    """Return how often which candidate holds which of the question's words, and the words' idf."""
    held: dict[UUID, Mapping[str, float]] = {}
    idf: dict[str, float] = {}
    for candidate in pool.rankings.get(Lexical.name, ()):
        held[candidate.memory_id] = {term: times for term, (times, _) in candidate.terms.items()}
        idf |= {term: weight for term, (_, weight) in candidate.terms.items()}
    return held, idf


def _saturated(words: Mapping[str, float], idf: Mapping[str, float]) -> float:
    # BM25 without the length: all windows are about as long. A word that no candidate itself holds is a rare one.
    rarest = max(idf.values(), default=1.0)
    return sum(idf.get(term, rarest) * count * (K1 + 1) / (count + K1) for term, count in words.items())


def _shares(sums: Mapping[UUID, float]) -> Mapping[UUID, float] | None:
    best = max(sums.values(), default=0.0)
    return {key: value / best for key, value in sums.items()} if best else None
