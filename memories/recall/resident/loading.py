"""Reading from Postgres what an index holds, whole or what has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from psycopg.pq import Format

from memories.lexemes import lexemes
from memories.recall.scope import Person
from memories.terms import pack

# Of a person: who it is, before which transaction nothing can change any more, and the memories that transactions
# since `changed_in` have written (its trigger is in migration 0017). Those that had no vector are looked at again.
ROWS = """
SELECT person.id, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, uuid_send(memory.id),
       changed_in::text::bigint, (extract(epoch FROM memory.created_at) * 1000000)::bigint,
       uuid_send(coalesce(sitting, memory.id)), place, speaker, about, lexeme_count, traits,
       CASE WHEN pinned THEN 1 ELSE importance END,
       (coalesce(happened_at, said_at) AT TIME ZONE 'UTC')::date - date '0001-01-01' + 1,
       extract(epoch FROM valid_from)::float, extract(epoch FROM valid_until)::float,
       pinned, layer, visits, extract(epoch FROM greatest(visited_at, memory.updated_at))::float,
       terms, CASE WHEN terms IS NULL THEN text END,
       context_terms, CASE WHEN context_terms IS NULL THEN tsvector_to_array(context) END,
       vector_send(embedding)
FROM memories_enduser AS person
LEFT JOIN memories_memory AS memory
    ON memory.end_user_id = person.id AND (memory.changed_in >= %s::text::xid8 OR memory.id = ANY(%s))
LEFT JOIN memories_memoryvector AS vector ON vector.memory_id = memory.id AND vector.embedder = %s
WHERE person.project_id = %s AND person.name = %s
ORDER BY memory.id LIMIT %s
"""
# The same where all memories have their vectors.
CHANGED = ROWS.replace(" OR memory.id = ANY(%s)", "")


class Row(NamedTuple):
    """A memory as an index takes it in; `created` in microseconds since 1970, `begins` and `ends` in seconds.

    The vector is as pgvector sends it.

    Two rows of one memory with the same `changed_in` are the same, but for a vector that came later.
    """

    id: bytes
    changed_in: int
    created: int
    sitting: bytes
    place: int
    speaker: str
    about: str
    lexeme_count: int
    traits: int
    standing: float
    day: int
    begins: float | None
    ends: float | None
    pinned: bool
    layer: str
    visits: int
    touched: float
    terms: bytes
    context_terms: bytes
    vector: bytes | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read: nothing that is committed later was done by a transaction before `watermark`."""

    person_id: UUID
    watermark: int
    rows: Sequence[Row]


def load(person: Person, *, embedder: str, since: int, unembedded: Sequence[UUID], limit: int) -> Loaded | None:
    """Return up to `limit` memories written by transaction `since` or later, oldest first; None if nobody is there."""
    missing = [list(unembedded)] if unembedded else []
    given: list[Any] = [str(since), *missing, embedder, person.project, person.name, limit]
    with connection.cursor() as cursor:
        cursor.cursor.format = Format.BINARY
        cursor.execute(ROWS if unembedded else CHANGED, given)
        found = cursor.fetchall()
    if not found:
        return None
    return Loaded(found[0][0], found[0][1], [_row(row) for row in found if row[2] is not None])


def _row(row: tuple[Any, ...]) -> Row:
    *facts, terms, text, context_terms, context, vector = row[2:]
    if terms is None:  # written before terms were kept
        terms = pack(lexemes(str(text)))
    if context_terms is None:
        context_terms = pack(context or ())
    return Row._make([*facts, terms, context_terms, vector])
