"""Candidates by meaning: nearest vectors."""

from __future__ import annotations

from pgvector.django import CosineDistance

from memories.models.memory import MemoryQuerySet
from memories.providers import get_embedder
from memories.recall.types import Candidate


class Dense:
    """Exact nearest neighbours by cosine within the scope.

    The scope comes first and is scanned exactly: over one person's memories that takes milliseconds, and it
    returns k whenever k exist, which an index filtered afterwards does not.
    """

    name = "semantic"

    def retrieve(self, query: str, scope: MemoryQuerySet, limit: int) -> list[Candidate]:
        """Return the memories whose vectors are nearest; `score` is the cosine similarity."""
        embedder = get_embedder()
        vector = embedder.embed_query(query)
        nearest = (
            scope.filter(vectors__embedder=embedder.name)
            .annotate(distance=CosineDistance("vectors__embedding", vector))
            .order_by("distance", "pk")
            .values_list("pk", "distance")[:limit]
        )
        return [Candidate(memory_id, 1.0 - distance) for memory_id, distance in nearest]
