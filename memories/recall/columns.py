"""What recall knows of the candidates, by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from memories.models.stated import Layer

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]
LAYERS = tuple(Layer)
# Places within one sitting; far more than anybody says.
_PLACES = 1 << 32


@dataclass(frozen=True, eq=False)
class Columns:
    """The candidates' facts: arrays of one length, a row for each candidate.

    `ids` are the memories' UUIDs, as bytes. `sitting` numbers the sittings; what is in none has one of its own. `who`
    numbers in `names` whom a memory is about, or else who said it. `standing` is the importance, 1 if pinned. `day` is
    the ordinal of the day on which it happened or else was said, in UTC. `layer` numbers LAYERS; `visits` is how often
    it was recalled, `touched` when it was last recalled or changed, in seconds since 1970.
    """

    ids: Sequence[bytes]
    sitting: Integers
    place: Integers
    who: Integers
    names: Sequence[str]
    lexeme_count: Floats
    traits: Integers
    standing: Floats
    day: Integers
    pinned: Flags
    layer: Integers
    visits: Floats
    touched: Floats
    _beside: dict[int, Integers] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """Return the number of candidates."""
        return len(self.ids)

    def id(self, row: int) -> UUID:
        """Return the id of the candidate in `row`."""
        return UUID(bytes=self.ids[row])

    def beside(self, step: int) -> Integers:
        """Return for each candidate the row of the one that stands `step` behind it in its sitting, -1 for none."""
        if step not in self._beside:
            self._beside[step] = self._stepped(step)
        return self._beside[step]

    def _stepped(self, step: int) -> Integers:
        keys = self.sitting * _PLACES + self.place
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        wanted = keys + step
        found = np.minimum(np.searchsorted(ordered, wanted), max(len(ordered) - 1, 0))
        there = (ordered[found] == wanted) & (self.place + step >= 0)
        return np.where(there, order[found], -1)


def numbered(values: Sequence[Any], known: dict[Any, int]) -> Integers:
    """Return a number for each value, the same for the same one; `known` holds them and grows."""
    return np.fromiter((known.setdefault(value, len(known)) for value in values), dtype=np.int64, count=len(values))
