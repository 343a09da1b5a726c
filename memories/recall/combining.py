"""One ranking out of those of several questions that mean the same, or parts of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from memories.recall.types import Signal


class Ranked(Protocol):
    """Candidates in order, best first, each with its score and what made it."""

    @property
    def ids(self) -> Sequence[UUID]:
        """Return the candidates."""
        ...

    def score(self, memory_id: UUID) -> float:
        """Return a candidate's score, 0..1."""
        ...

    def signals(self, memory_id: UUID) -> dict[str, Signal]:
        """Return what made a candidate's score."""
        ...


class Combined:
    """Each candidate by the ranking that thinks best of it.

    A part of a question is answered by a memory that says nothing of the other parts, so the best counts, not the
    mean; and the score remains one that can be explained.
    """

    def __init__(self, rankings: Sequence[Ranked]) -> None:
        self._best: dict[UUID, Ranked] = {}
        for ranking in rankings:
            for memory_id in ranking.ids:
                best = self._best.get(memory_id)
                if best is None or ranking.score(memory_id) > best.score(memory_id):
                    self._best[memory_id] = ranking
        # Of equal scores the older memory comes first.
        self.ids = sorted(self._best, key=lambda memory_id: (-self.score(memory_id), memory_id.int))

    def score(self, memory_id: UUID) -> float:
        """Return the candidate's best score."""
        return self._best[memory_id].score(memory_id)

    def signals(self, memory_id: UUID) -> dict[str, Signal]:
        """Return what made it."""
        return self._best[memory_id].signals(memory_id)
