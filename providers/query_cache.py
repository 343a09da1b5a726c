"""The vectors of questions that were asked lately: typing, paging and polling ask the same ones again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from providers.base import Embedder

SIZE = 1024


class QueryCache:
    """An Embedder that remembers the vectors of its last `size` queries, by a digest and not by their words.

    Each instance belongs to one embedder, so the vectors of two are never taken for each other.
    """

    def __init__(self, model: Embedder, *, size: int = SIZE) -> None:
        self.name = model.name
        self._model = model
        self._size = size
        self._lock = Lock()
        self._kept: OrderedDict[bytes, list[float]] = OrderedDict()

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector per text as the model does; see Embedder."""
        return self._model.embed(texts)

    def embed_query(self, text: str) -> list[float]:
        """Return the vector to look for what answers `text`, from memory if it was asked for lately."""
        key = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        with self._lock:
            if (vector := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return vector
        vector = self._model.embed_query(text)
        with self._lock:
            self._kept[key] = vector
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return vector
