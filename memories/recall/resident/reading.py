"""What a search reads of an index: the memories in its scope, and the question's words in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from memories.recall.columns import Flags
from memories.recall.question import Question
from memories.recall.resident.index import Index
from memories.recall.words import Held, Words


@dataclass(frozen=True, eq=False)
class Reading:
    """An index read for a question. Of its rows only those `within` are in scope; `words` are of these alone.

    `inherited` tells which of the question's words are in the messages around a memory's sources, `mean_length` how
    many words a memory has in the mean, at least 1.
    """

    index: Index
    within: Flags
    words: Words
    inherited: Held
    mean_length: float


def read(index: Index, within: Flags, question: Question) -> Reading:
    """Return the index read for `question`, with the statistics of the rows `within`."""
    held = index.holding(question.terms).among(within)
    size = int(within.sum())
    holding = np.bincount(held.terms, minlength=len(question.terms))
    # Lucene's idf, as memories/recall/lexical.py has it in SQL; a word that nobody holds has none.
    idf = np.where(holding > 0, np.log1p((size - holding + 0.5) / (holding + 0.5)), 0.0)
    return Reading(
        index=index,
        within=within,
        words=Words(held, idf),
        inherited=index.holding(question.terms, context=True).among(within),
        mean_length=max(float(index.columns.lexeme_count[within].mean()), 1.0) if size else 1.0,
    )
