"""What passes between recall, its retrievers and its boosts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

if TYPE_CHECKING:
    from memories.recall.columns import Floats
    from memories.recall.pool import Pool
    from memories.recall.question import Question
    from memories.recall.resident.reading import Reading
    from memories.recall.scope import Scope


@dataclass(frozen=True, slots=True)
class Candidate:
    """A memory that a retriever found. `score` is in the retriever's own unit; higher is better.

    `terms` says how often it holds which word of the question, and that word's idf, if the retriever goes by words.
    """

    memory_id: UUID
    score: float
    terms: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class Retriever(Protocol):
    """A source of candidates. `name` is the key of its part in a score breakdown, `weight` its say in the score."""

    name: str
    weight: float

    def retrieve(self, question: Question, scope: Scope, limit: int) -> list[Candidate]:
        """Return up to `limit` memories of `scope`, best first; the scope is part of the retriever's SQL.

        Raises ProviderError when a model it needs fails: recall then goes on without it and says so.
        """
        ...

    def scan(self, question: Question, reading: Reading) -> Floats | None:
        """Return the score of each memory that an index in memory holds, nan for none.

        None if the retriever doesn't go by such an index: then it is asked by `retrieve`. Raises as that does.
        """
        ...

    def share(self, scores: Floats) -> Floats:
        """Return the candidates' scores as shares of what is possible, 0..1; nan stays nan."""
        ...


class Boost(Protocol):
    """A reason to rank a candidate higher. `name` and `weight` as a retriever's."""

    name: str
    weight: float

    def weigh(self, pool: Pool) -> Floats | None:
        """Return how far the reason holds (0..1) for each of `pool.columns`; None if the question gives none."""
        ...


@dataclass(frozen=True, slots=True)
class Signal:
    """One retriever's or boost's part in a hit: its rank (from 1), its raw score, what it added to the fused score."""

    rank: int
    score: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Reranked:
    """What a reranking model made of a hit: its score, in the model's own unit, and the rank that it had before."""

    score: float
    rank_before: int


@dataclass(slots=True)
class Hit:
    """A memory found, with why. `score` lies in 0..1: 1 is the best possible by every signal.

    `memory` is what the scope fetches: the model's row, or for the API the columns it shows. Of hits that were
    reranked, the order is that of `reranked.score`; of the others, that of `score`.
    """

    memory: Any
    score: float
    signals: dict[str, Signal]
    reranked: Reranked | None = None


@dataclass(slots=True)
class Recall:
    """The answer to a query. `warnings` says in words what could not be consulted.

    `queries` are what was looked for: the query, and what a language model made of it. `reranker` is the model that
    set the order, "" if none did.
    """

    hits: list[Hit]
    warnings: list[str] = field(default_factory=list)
    question: Question | None = None
    weights: dict[str, float] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    reranker: str = ""
