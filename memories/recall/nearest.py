"""The vectors nearest to a question's within a scope: exactly, or by an index where that is faster.

Exactly means: of all that is in scope, which takes time in proportion to it. An index (HNSW, by pgvector) knows no
scope. It is asked for ever more of what is near until enough of it is in scope, so it takes the longer the smaller the
scope is in the store. Either way k are returned whenever there are k.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from memories.models.vector_index import NOTED, VectorIndex, index_name
from memories.recall.scope import Scope

# Vectors have unit length, so the inner product is the cosine, and cheaper. pgvector's operator negates it.
EXACT = """
SELECT scope.id, vector.embedding <#> %s::vector AS distance
FROM scope JOIN memories_memoryvector AS vector ON vector.memory_id = scope.id AND vector.embedder = %s
ORDER BY distance, scope.id
LIMIT %s
"""
# The index holds numbers of 16 bits, which is half of its size and, for an order that is then set by the whole
# numbers, no loss. An iterative scan that may return what it finds a little out of order is faster, too.
BY_INDEX = """
, near AS MATERIALIZED (
    SELECT scope.id, vector.embedding <#> %s::vector AS distance
    FROM memories_memoryvector AS vector JOIN scope ON scope.id = vector.memory_id
    WHERE {condition}
    ORDER BY vector.{expression} <#> %s::halfvec({dimensions})
    LIMIT %s
)
SELECT id, distance FROM near ORDER BY distance, id LIMIT %s
"""
STANDING = """
SELECT greatest((SELECT reltuples FROM pg_class WHERE oid = 'memories_memoryvector'::regclass), 0)::bigint,
       (SELECT reltuples::bigint FROM pg_class JOIN pg_index ON indexrelid = oid
        WHERE oid = to_regclass(%s) AND indisvalid AND indisready),
       (SELECT asked_at FROM memories_vectorindex WHERE embedder = %s)
"""
# What a vector that the index visits costs, in vectors that are compared one after another: docs/performance.md.
VISIT = 8
# How many times as many as chance would have it may have to be visited: what is near to a question may be somebody
# else's.
PATIENCE = 2
# How many times as many as are wanted are taken from the index, because it comes upon some of the nearest late; how
# many neighbours one step of its scan looks for; and it gives up after visiting a fourth of as many as are in scope.
SURPLUS = 1.5
EF_SEARCH = 400
GIVES_UP = 4
SESSION = {
    "hnsw.ef_search": str(EF_SEARCH),
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.scan_mem_multiplier": "8",
    # It is settled that the index is used. Postgres would go by how many rows it believes to be in scope.
    "enable_sort": "off",
}
Rows = list[tuple[Any, ...]]


def nearest(scope: Scope, vector: Sequence[float], *, embedder: str, limit: int) -> Rows:
    """Return id and distance (the negated cosine) of the `limit` memories nearest to `vector`, or of all there are."""
    rows = _by_index(scope, vector, embedder, limit) if _is_large(scope) else []
    if len(rows) >= limit:
        return rows
    return scope.rows(EXACT, [str(vector), embedder, limit])


def index_pays(count: int, total: int, limit: int) -> bool:
    """Tell whether an index on `total` vectors finds `limit` in a scope of `count` before an exact search has.

    It visits about SURPLUS · limit · total / count of them.
    """
    return count * count >= PATIENCE * VISIT * SURPLUS * limit * total


def condition(embedder: str, dimensions: int) -> str:
    """Return which rows of MemoryVector an index holds, as a query must say it for Postgres to use the index."""
    name = sql.Literal(embedder).as_string(connection.connection)
    return f"embedder = {name} AND vector_dims(embedding) = {dimensions}"


def expression(dimensions: int) -> str:
    """Return what of a row is indexed."""
    return f"embedding::halfvec({dimensions})"


def _is_large(scope: Scope) -> bool:
    return bool(0 < settings.VECTOR_INDEX_FROM <= scope.survey.count)


def _by_index(scope: Scope, vector: Sequence[float], embedder: str, limit: int) -> Rows:
    """Return what the index finds; nothing if there is none, or it wouldn't pay. That it would is noted."""
    count, dimensions = scope.survey.count, len(vector)
    with connection.cursor() as cursor:
        cursor.execute(STANDING, [index_name(embedder, dimensions), embedder])
        stored, indexed, asked = cursor.fetchone()
    if not index_pays(count, max(stored if indexed is None else indexed, count), limit):
        return []
    if asked is None or asked < timezone.now() - NOTED:
        VectorIndex.objects.ask(embedder, dimensions)
    if indexed is None:
        return []
    return ask_index(scope, vector, embedder=embedder, limit=limit, most=count // GIVES_UP)


def ask_index(scope: Scope, vector: Sequence[float], *, embedder: str, limit: int, most: int) -> Rows:
    """Return up to `limit` that the index on these vectors finds by visiting some `most` of them."""
    taken = int(limit * SURPLUS)
    with _for_one_statement({**SESSION, "hnsw.max_scan_tuples": str(max(most, 1))}):
        return scope.rows(by_index(embedder, len(vector)), [str(vector), str(vector), taken, limit])


def by_index(embedder: str, dimensions: int) -> str:
    """Return the statement that the index on these vectors answers."""
    return BY_INDEX.format(
        condition=condition(embedder, dimensions).replace("%", "%%"),
        expression=expression(dimensions),
        dimensions=dimensions,
    )


@contextmanager
def _for_one_statement(values: dict[str, str]) -> Iterator[None]:
    """Set what the planner goes by for what is read within, and nothing after it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(["set_config(%s, %s, true)"] * len(values)), _flat(values))
        yield
        # A setting ends with the transaction, which may be another's; taken back to the savepoint, it ends here.
        transaction.set_rollback(True)


def _flat(values: dict[str, str]) -> list[str]:
    return [each for pair in values.items() for each in pair]
