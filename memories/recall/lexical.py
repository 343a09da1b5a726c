"""Candidates by words: BM25 with the statistics of the scope that is searched."""

from __future__ import annotations

from django.db import connection

from memories.lexemes import any_of, query_lexemes
from memories.models.memory import MemoryQuerySet
from memories.recall.types import Candidate

# Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the values that
# suit short texts. The idf is Lucene's, which is never negative.
K1 = 0.9
B = 0.4
BM25 = """
WITH scope AS NOT MATERIALIZED ({scope}),
     statistics AS (SELECT count(*)::float AS n, greatest(avg(lexeme_count), 1)::float AS mean FROM scope),
     hits AS (
         SELECT scope.id, scope.lexeme_count, word.lexeme, cardinality(word.positions)::float AS tf
         FROM scope CROSS JOIN LATERAL unnest(scope.lexemes) AS word
         WHERE scope.lexemes @@ %s::tsquery AND word.lexeme = ANY(%s)
     ),
     frequencies AS (SELECT lexeme, count(*)::float AS df FROM hits GROUP BY lexeme)
SELECT hits.id,
       sum(ln(1 + (n - df + 0.5) / (df + 0.5))
           * tf * (%s + 1) / (tf + %s * (1 - %s + %s * lexeme_count / mean))) AS score
FROM hits JOIN frequencies USING (lexeme) CROSS JOIN statistics
GROUP BY hits.id
ORDER BY score DESC, hits.id
LIMIT %s
"""


class Lexical:
    """True BM25, computed in SQL over the memories in scope."""

    name = "bm25"

    def retrieve(self, query: str, scope: MemoryQuerySet, limit: int) -> list[Candidate]:
        """Return the memories that share words with the query; `score` is BM25, unbounded above."""
        terms = query_lexemes(query)
        if not terms:
            return []
        rows, row_params = scope.order_by().values("id", "lexemes", "lexeme_count").query.sql_with_params()
        params = [*row_params, any_of(terms), terms, K1, K1, B, B, limit]
        with connection.cursor() as cursor:
            # Only the scope's SQL is put in, and that is Django's own, with its values as parameters.
            cursor.execute(BM25.format(scope=rows), params)
            return [Candidate(memory_id, score) for memory_id, score in cursor.fetchall()]
