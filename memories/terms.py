"""The words of a memory as scoring reads them: a number for each, and how often it is there.

The tsvector beside it is for finding, in Postgres; this is for counting, in an array.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

# One entry, as stored: the word's number and its count.
ENTRY = np.dtype([("number", "<u4"), ("count", "u1")])
MOST = 255


def number_of(word: str) -> int:
    """Return the number of a word: 32 bits, so that of 10,000 words of a person hardly two have the same."""
    return crc32(word.encode())


def pack(words: Iterable[str]) -> bytes:
    """Return `words` as they are stored, five bytes for each distinct one."""
    counted = Counter(map(number_of, words))
    entries = [(number, min(count, MOST)) for number, count in counted.items()]
    return np.array(entries, dtype=ENTRY).tobytes()


def unpack(packed: bytes) -> NDArray[np.void]:
    """Return the entries of what `pack` has made, or of several of them one after the other."""
    return np.frombuffer(packed, dtype=ENTRY)
