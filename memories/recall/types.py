"""What passes between recall and its retrievers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from memories.models import Memory
from memories.models.memory import MemoryQuerySet


@dataclass(frozen=True, slots=True)
class Candidate:
    """A memory that a retriever found. `score` is in the retriever's own unit; higher is better."""

    memory_id: UUID
    score: float


class Retriever(Protocol):
    """A source of candidates. `name` is the key of its part in a score breakdown."""

    name: str

    def retrieve(self, query: str, scope: MemoryQuerySet, limit: int) -> list[Candidate]:
        """Return up to `limit` memories of `scope`, best first; the scope is part of the retriever's SQL.

        Raises ProviderError when a model it needs fails: recall then goes on without it and says so.
        """
        ...


@dataclass(frozen=True, slots=True)
class Signal:
    """One retriever's part in a hit: its rank (from 1), its raw score, what it added to the fused score."""

    rank: int
    score: float
    contribution: float


@dataclass(slots=True)
class Hit:
    """A memory found, with why. `score` lies in 0..1: 1 is first place with every retriever."""

    memory: Memory
    score: float
    signals: dict[str, Signal]


@dataclass(slots=True)
class Recall:
    """The answer to a query. `warnings` says in words what could not be consulted."""

    hits: list[Hit]
    warnings: list[str] = field(default_factory=list)
