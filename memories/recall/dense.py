"""Candidates by meaning: nearest vectors."""

from __future__ import annotations

import numpy as np

from memories.providers import get_embedder
from memories.recall.columns import Floats
from memories.recall.nearest import nearest
from memories.recall.question import Question
from memories.recall.resident.reading import Reading
from memories.recall.scope import Scope
from memories.recall.types import Candidate


class Dense:
    """Nearest neighbours by cosine within the scope; k whenever k exist."""

    name = "semantic"
    weight = 4.0

    def retrieve(self, question: Question, scope: Scope, limit: int) -> list[Candidate]:
        """Return the memories whose vectors are nearest; `score` is the cosine similarity."""
        embedder = get_embedder(question.embedder)
        vector = embedder.embed_query(question.subject)
        rows = nearest(scope, vector, embedder=embedder.name, limit=limit)
        return [Candidate(memory_id, -distance) for memory_id, distance in rows]

    def scan(self, question: Question, reading: Reading) -> Floats:
        """Return the cosines, nan for what has no vector."""
        vector = np.array(get_embedder(question.embedder).embed_query(question.subject), dtype=np.float32)
        return reading.index.cosines(vector)

    def share(self, scores: Floats) -> Floats:
        """Return the cosines, those below 0 as 0."""
        return np.maximum(scores, 0.0)
