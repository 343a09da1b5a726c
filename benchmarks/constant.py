"""An embedder that costs next to nothing, so that a measurement is of everything else."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

DIMENSIONS = 384


class Constant:
    """Vectors out of a hash: the same for the same text, and near to nothing else."""

    name = "constant"
    dimensions = DIMENSIONS

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return a vector for each text."""
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of one text, each number in -1..1."""
        return [byte / 128 - 1 for byte in hashlib.shake_128(text.encode()).digest(DIMENSIONS)]
