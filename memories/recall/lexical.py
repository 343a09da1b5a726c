"""Candidates by words: BM25 with the statistics of the scope that is searched."""

from __future__ import annotations

import numpy as np

from memories.lexemes import any_of
from memories.recall.columns import Floats
from memories.recall.question import Question
from memories.recall.resident.reading import Reading
from memories.recall.scope import Scope
from memories.recall.types import Candidate
from memories.recall.words import K1, B, saturated, summed

# The idf is Lucene's, which is never negative; the number of memories may be an estimate, and too low.
BM25 = """
, hits AS MATERIALIZED (
         SELECT id, lexeme_count, (word).lexeme, cardinality((word).positions)::float AS tf
         FROM (SELECT id, lexeme_count, unnest(lexemes) AS word FROM scope WHERE lexemes @@ %s::tsquery) AS holding
         WHERE (word).lexeme = ANY(%s)
     ),
     frequencies AS (SELECT lexeme, ln(1 + greatest(%s - count(*) + 0.5, 0.5) / (count(*) + 0.5)) AS idf
                     FROM hits GROUP BY lexeme),
     best AS (
         SELECT hits.id, sum(idf * tf * (%s + 1) / (tf + %s * (1 - %s + %s * lexeme_count / %s))) AS score
         FROM hits JOIN frequencies USING (lexeme)
         GROUP BY hits.id ORDER BY score DESC, hits.id LIMIT %s
     )
SELECT best.id, score, array_agg(lexeme), array_agg(tf), array_agg(idf)
FROM best JOIN hits USING (id) JOIN frequencies USING (lexeme)
GROUP BY best.id, score
ORDER BY score DESC, best.id
"""


class Lexical:
    """True BM25 over the memories in scope: in SQL, or in an index of one person's."""

    name = "bm25"
    weight = 1.5

    def retrieve(self, question: Question, scope: Scope, limit: int) -> list[Candidate]:
        """Return the memories that share words with the question; `score` is BM25, unbounded above."""
        terms = list(question.terms)
        if not terms:
            return []
        size, mean = float(scope.survey.count), scope.survey.mean_length
        rows = scope.rows(BM25, [any_of(terms), terms, size, K1, K1, B, B, mean, limit])
        return [
            Candidate(row[0], row[1], dict(zip(row[2], zip(row[3], row[4], strict=True), strict=True))) for row in rows
        ]

    def scan(self, question: Question, reading: Reading) -> Floats:
        """Return BM25 by the same formula, statements with what they inherit."""
        held, size = reading.words.held, reading.index.size
        length = 1 - B + B * reading.index.columns.lexeme_count[held.rows] / reading.mean_length
        parts = reading.words.idf[held.terms] * saturated(held.counts, length)
        scores = np.full(size, np.nan)
        scores[held.rows] = summed(held.rows, parts, size)[held.rows]
        return reading.words.inheriting(scores, reading.inherited)

    def share(self, scores: Floats) -> Floats:
        """Return the scores as shares of the best one."""
        best = np.nanmax(scores, initial=0.0)
        return scores / best if best else scores * 0.0
