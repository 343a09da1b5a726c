"""The candidates of all retrievers together, with what boosts need to know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from memories.recall.columns import LAYERS, Columns, Flags, Floats, Integers, numbered
from memories.recall.lexical import Lexical
from memories.recall.question import Question
from memories.recall.scope import Scope
from memories.recall.types import Candidate
from memories.recall.words import Held, Words

FACTS = """
SELECT scope.id, coalesce(sitting, scope.id), place, coalesce(nullif(about, ''), speaker), lexeme_count, traits,
       CASE WHEN pinned THEN 1 ELSE importance END, coalesce(happened_at, said_at) AT TIME ZONE 'UTC',
       CASE WHEN context IS NULL THEN NULL ELSE
           ARRAY(SELECT word.lexeme FROM unnest(context) AS word WHERE word.lexeme = ANY(%s)) END,
       pinned, layer, visits, extract(epoch FROM greatest(visited_at, updated_at))::float8
FROM scope WHERE scope.id = ANY(%s)
ORDER BY scope.id
"""
FACTS_READ = 13


@dataclass(frozen=True, eq=False)
class Pool:
    """The candidates: their facts, and by retriever the score of each, nan where it has not found it.

    `words` are those of the question in the candidates, `inherited` in the messages around their sources. Only the
    candidates `within` count; the others are there because an index has them. A retriever's scores that are in
    `cut` are not all there are: what it didn't bring scores at most that much.
    """

    question: Question
    columns: Columns
    scores: Mapping[str, Floats]
    words: Words
    inherited: Held
    within: Flags | None
    cut: Mapping[str, float]

    @cached_property
    def held(self) -> Held:
        """Return the question's words that candidates hold, or as statements inherit."""
        lacking = self.words.held.lacking(self.inherited, len(self.columns))
        return Held.joined([self.words.held, lacking]) if len(lacking.rows) else self.words.held

    @cached_property
    def inherits(self) -> Flags:
        """Return which candidates inherit any of the question's words."""
        inherits = np.zeros(len(self.columns), dtype=np.bool_)
        inherits[self.inherited.rows] = True
        return inherits

    def beside(self, step: int) -> Integers:
        """Return for each candidate the row of the one `step` behind it in its sitting, -1 if none counts."""
        if step == 0:
            return np.arange(len(self.columns))
        rows = self.columns.beside(step)
        return rows if self.within is None else np.where(self.within[rows], rows, -1)


def gather(question: Question, scope: Scope, rankings: Mapping[str, Sequence[Candidate]], limit: int) -> Pool:
    """Return the pool of `rankings`, none of which is longer than `limit`."""
    ids = list({candidate.memory_id for ranking in rankings.values() for candidate in ranking})
    facts = scope.rows(FACTS, [list(question.terms), ids]) if ids else []
    columns = _columns(facts)
    row_of = {memory_id: row for row, memory_id in enumerate(columns.ids)}
    held: list[Mapping[str, tuple[float, float]]] = [{}] * len(columns)
    for candidate in (one for ranking in rankings.values() for one in ranking if one.terms):
        if (row := row_of.get(candidate.memory_id.bytes)) is not None:
            held[row] = candidate.terms
    words = Words.of(question.terms, held)
    around = [dict.fromkeys(row[8] or (), (1.0, 0.0)) for row in facts]
    inherited = Words.of(question.terms, around).held
    scores = {name: scattered(ranking, row_of) for name, ranking in rankings.items()}
    if Lexical.name in scores:
        scores[Lexical.name] = words.inheriting(scores[Lexical.name], inherited)
    return Pool(
        question=question,
        columns=columns,
        scores=scores,
        words=words,
        inherited=inherited,
        within=None,
        cut={name: ranking[-1].score for name, ranking in rankings.items() if len(ranking) >= limit},
    )


def scattered(ranking: Sequence[Candidate], row_of: Mapping[bytes, int]) -> Floats:
    """Return the candidates' scores by row, nan in the others."""
    scores = np.full(len(row_of), np.nan)
    for candidate in ranking:
        if (row := row_of.get(candidate.memory_id.bytes)) is not None:
            scores[row] = candidate.score
    return scores


def _columns(facts: Sequence[tuple[Any, ...]]) -> Columns:
    ids, sittings, places, who, counts, traits, standing, days, _, pinned, layers, visits, touched = (
        zip(*facts, strict=True) if facts else ((),) * FACTS_READ
    )
    names: dict[str, int] = {}
    return Columns(
        ids=[each.bytes for each in ids],
        sitting=numbered(sittings, {}),
        place=np.array(places, dtype=np.int64),
        who=numbered(who, names),
        names=list(names),
        lexeme_count=np.array(counts, dtype=np.float64),
        traits=np.array(traits, dtype=np.int64),
        standing=np.array(standing, dtype=np.float64),
        day=np.array([day.toordinal() for day in days], dtype=np.int64),
        pinned=np.array(pinned, dtype=np.bool_),
        layer=np.array([LAYERS.index(layer) for layer in layers], dtype=np.int64),
        visits=np.array(visits, dtype=np.float64),
        touched=np.array(touched, dtype=np.float64),
    )
