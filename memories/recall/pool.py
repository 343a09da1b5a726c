"""The candidates of all retrievers together, with what boosts need to know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from memories.recall.question import Question
from memories.recall.scope import Scope
from memories.recall.types import Candidate

FACTS = """
SELECT scope.id, coalesce(sitting, scope.id)::text, place, speaker, about, lexeme_count, traits, importance, pinned,
       CASE WHEN %s THEN coalesce(happened_at, said_at)::date END,
       CASE WHEN context IS NULL THEN NULL ELSE
           ARRAY(SELECT word.lexeme FROM unnest(context) AS word WHERE word.lexeme = ANY(%s)) END,
       layer, visits, (extract(epoch FROM now() - greatest(visited_at, updated_at)) / 86400)::float8
FROM scope WHERE scope.id = ANY(%s)
"""


class Fact(NamedTuple):
    """What is known of one candidate.

    `sitting_key` names its sitting, or itself if it is in none; `day` is when it happened or else was said, in UTC,
    if the question speaks of a time; `inherited` are words of the question in the messages around its sources.
    `idle_days` have passed since it was last recalled or changed.
    """

    id: UUID
    sitting_key: str
    place: int
    speaker: str
    about: str
    lexeme_count: int
    traits: int
    importance: float
    pinned: bool
    day: date | None
    inherited: Sequence[str] | None
    layer: str
    visits: int
    idle_days: float


@dataclass(frozen=True)
class Pool:
    """The candidates: each retriever's ranking, and the facts of all. A ranking in `cut` is not all there was.

    Candidates go by their number in `facts`, and what is said of all of them is a list in that order.
    """

    question: Question
    rankings: Mapping[str, Sequence[Candidate]]
    facts: Sequence[Fact]
    cut: frozenset[str]

    def column(self, name: str) -> list[Candidate | None]:
        """Return what the retriever `name` says of each candidate, None where it didn't find it."""
        column: list[Candidate | None] = [None] * len(self.facts)
        for candidate in self.rankings.get(name, ()):
            if (number := self._numbers.get(candidate.memory_id)) is not None:
                column[number] = candidate
        return column

    def beside(self, steps: Sequence[int]) -> list[list[int | None]]:
        """Return for each candidate those that stand so many `steps` behind it in its sitting, None for none."""
        places = {(fact.sitting_key, fact.place): number for number, fact in enumerate(self.facts)}
        return [[places.get((fact.sitting_key, fact.place + step)) for step in steps] for fact in self.facts]

    @cached_property
    def words(self) -> tuple[list[Mapping[str, float]], Mapping[str, float]]:
        """Return how often each candidate holds which of the question's words, and the words' idf."""
        held: list[Mapping[str, float]] = [{}] * len(self.facts)
        idf: dict[str, float] = {}
        for ranking in self.rankings.values():
            for candidate in ranking:
                number = self._numbers.get(candidate.memory_id) if candidate.terms else None
                if number is not None:
                    held[number] = {term: times for term, (times, _) in candidate.terms.items()}
                    for term, (_, weight) in candidate.terms.items():
                        idf[term] = weight
        return held, idf

    @cached_property
    def _numbers(self) -> Mapping[UUID, int]:
        return {fact.id: number for number, fact in enumerate(self.facts)}


def gather(question: Question, scope: Scope, rankings: Mapping[str, Sequence[Candidate]], limit: int) -> Pool:
    """Return the pool of `rankings`, none of which is longer than `limit`."""
    ids = list({candidate.memory_id for ranking in rankings.values() for candidate in ranking})
    rows = scope.rows(FACTS, [question.period is not None, list(question.terms), ids]) if ids else []
    return Pool(
        question=question,
        rankings=rankings,
        facts=[Fact(*row) for row in rows],
        cut=frozenset(name for name, ranking in rankings.items() if len(ranking) >= limit),
    )
