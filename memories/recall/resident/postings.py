"""Which memories hold a word, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from memories.recall.words import Held
from memories.terms import unpack


@dataclass(frozen=True, eq=False)
class Postings:
    """The words of some memories, ordered by their numbers: a word, a memory's row and a count in each place."""

    numbers: NDArray[np.uint32]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint8]

    @classmethod
    def of(cls, packed: Sequence[bytes], first: int) -> Postings:
        """Return the postings of memories in the rows from `first` on, from each one's packed words."""
        entries = unpack(b"".join(packed))
        lengths = np.array([len(each) for each in packed], dtype=np.int64) // entries.itemsize
        rows = np.repeat(np.arange(first, first + len(packed), dtype=np.int32), lengths)
        return cls._ordered(entries["number"].astype(np.uint32), rows, entries["count"].copy())

    @classmethod
    def joined(cls, several: Sequence[Postings]) -> Postings:
        """Return one in place of several."""
        return cls._ordered(
            np.concatenate([one.numbers for one in several]),
            np.concatenate([one.rows for one in several]),
            np.concatenate([one.counts for one in several]),
        )

    @classmethod
    def _ordered(cls, numbers: NDArray[np.uint32], rows: NDArray[np.int32], counts: NDArray[np.uint8]) -> Postings:
        order = np.argsort(numbers, kind="stable")
        return cls(numbers[order], rows[order], counts[order])

    def holding(self, numbers: Sequence[int]) -> Held:
        """Return who holds which of the words, and how often; the words are numbered in their order."""
        wanted = np.array(numbers, dtype=np.uint32)
        starts = np.searchsorted(self.numbers, wanted, side="left")
        ends = np.searchsorted(self.numbers, wanted, side="right")
        places = np.concatenate([np.arange(0), *map(np.arange, starts, ends)])
        terms = np.repeat(np.arange(len(wanted)), ends - starts)
        return Held(terms, self.rows[places].astype(np.int64), self.counts[places].astype(np.float64))

    @property
    def nbytes(self) -> int:
        """Return the memory it takes."""
        return self.numbers.nbytes + self.rows.nbytes + self.counts.nbytes
