"""The candidates of all retrievers together, with what boosts need to know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from memories.recall.question import Question
from memories.recall.scope import Scope
from memories.recall.types import Candidate

FACTS = """
SELECT scope.id, sitting, place, speaker, about, lexeme_count, traits, importance, pinned,
       coalesce(happened_at, said_at),
       CASE WHEN context IS NULL THEN NULL ELSE
           ARRAY(SELECT word.lexeme FROM unnest(context) AS word WHERE word.lexeme = ANY(%s)) END
FROM scope WHERE scope.id = ANY(%s)
"""


class Fact(NamedTuple):
    """What is known of one candidate. `inherited` are words of the question in the messages around its sources."""

    id: UUID
    sitting: UUID | None
    place: int
    speaker: str
    about: str
    lexeme_count: int
    traits: int
    importance: float
    pinned: bool
    moment: datetime
    inherited: Sequence[str] | None


@dataclass(frozen=True)
class Pool:
    """The candidates: each retriever's ranking, and the facts of all. A ranking in `cut` is not all there was."""

    question: Question
    rankings: Mapping[str, Sequence[Candidate]]
    facts: Mapping[UUID, Fact]
    cut: frozenset[str]

    @cached_property
    def places(self) -> Mapping[tuple[UUID, int], UUID]:
        """Return who stands at which place of which sitting."""
        return {(fact.sitting, fact.place): fact.id for fact in self.facts.values() if fact.sitting}


def gather(question: Question, scope: Scope, rankings: Mapping[str, Sequence[Candidate]], limit: int) -> Pool:
    """Return the pool of `rankings`, none of which is longer than `limit`."""
    ids = list({candidate.memory_id for ranking in rankings.values() for candidate in ranking})
    rows = scope.rows(FACTS, [list(question.terms), ids]) if ids else []
    return Pool(
        question=question,
        rankings=rankings,
        facts={row[0]: Fact(*row) for row in rows},
        cut=frozenset(name for name, ranking in rankings.items() if len(ranking) >= limit),
    )
