"""Filling a store: people copied with everything that an app's calls have written of them, inside Postgres.

Loading a million memories over HTTP would take an hour. A copy has the rows of its original in every table, under ids
of its own, and vectors of its own near the original's, so that no index meets the same vector twice.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from memoryhub.embedded_postgres import DATABASE, USER, socket_dir

Connection = psycopg.Connection[tuple[Any, ...]]
# What belongs to a person, and how it is found: rows that refer to others come after them.
OF_PERSON = "end_user_id IN (SELECT id FROM memories_enduser WHERE name = ANY(%(people)s))"
OF_MEMORY = f"memory_id IN (SELECT id FROM memories_memory WHERE {OF_PERSON})"
TABLES = {
    "memories_enduser": "name = ANY(%(people)s)",
    "memories_event": OF_PERSON,
    "memories_message": OF_PERSON,
    "memories_memory": OF_PERSON,
    "memories_memoryversion": OF_MEMORY,
    "memories_memory_sources": OF_MEMORY,
    "memories_memoryvector": OF_MEMORY,
    "accounts_auditentry": f"object_id IN (SELECT id::text FROM memories_memory WHERE {OF_PERSON})",
}
# A copy's ids: those of the original, with the number of the copy in their last eight digits.
NUMBERED = """
CREATE OR REPLACE FUNCTION pg_temp.numbered(original text, number int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN overlay(original PLACING lpad(to_hex(number), 8, '0') FROM 29)
"""
OWN_IDS = {"id", "end_user_id", "event_id", "message_id", "memory_id", "sitting", "superseded_by_id", "object_id"}
# A little noise keeps copies apart: their cosine with the original is about .97.
OWN_VECTOR = """
l2_normalize({column} + ARRAY(SELECT .8 * (random() - .5) * vector_norm({column}) / sqrt(vector_dims({column}))
    FROM generate_series(1, vector_dims({column})))::vector)
"""
COLUMNS = """
SELECT column_name::text, udt_name::text FROM information_schema.columns
WHERE table_name = %s AND is_identity = 'NO' AND is_generated = 'NEVER' ORDER BY ordinal_position
"""
# Indexes that no constraint needs are made anew at the end, which costs a tenth of keeping them up. Their
# definitions are kept in the store, for a fill that is broken off.
NOTE_INDEXES = """
CREATE TABLE IF NOT EXISTS benchmark_index (name text PRIMARY KEY, definition text NOT NULL);
INSERT INTO benchmark_index SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
FROM pg_index AS index WHERE index.indrelid = ANY('{%s}'::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = index.indexrelid)
ON CONFLICT DO NOTHING
"""
MISSING_INDEXES = "SELECT definition FROM benchmark_index WHERE to_regclass(name) IS NULL ORDER BY name"
TRIGGERS = """
SELECT tgrelid::regclass::text, tgname::text FROM pg_trigger
WHERE NOT tgisinternal AND tgrelid::regclass::text = ANY(%s)
"""
MEMORIES_AT_ONCE = 20_000
# From so many on, indexes are better made anew.
MANY = 50_000


def connect(data: Path) -> Connection:
    """Return a connection to the Postgres in a product's folder."""
    return psycopg.connect(host=str(socket_dir(data / "postgres")), user=USER, dbname=DATABASE, autocommit=True)


def fill(connection: Connection, people: Sequence[str], *, copies: int) -> float:
    """See that there are `copies` copies of each of `people`; return the seconds it took.

    They are called as their original with a number after it, from 1. What was copied before stays, so a fill that was
    broken off is gone on with. The connection must not be in a transaction.
    """
    began = time.monotonic()
    there = _copies(connection, people[0])
    each = _count(connection, people)
    with _loosened(connection, indexes=(copies - there) * each > MANY):
        step = max(MEMORIES_AT_ONCE // max(each, 1), 1)
        for first in range(there + 1, copies + 1, step):
            with connection.transaction():
                _copy(connection, people, first, min(first + step - 1, copies))
    if there < copies:
        connection.execute("VACUUM ANALYZE")
    return time.monotonic() - began


def _copies(connection: Connection, person: str) -> int:
    found = connection.execute(
        r"SELECT count(*) FROM memories_enduser WHERE name ~ %s", [f"^{person}-\\d+$"]
    ).fetchone()
    return int(found[0]) if found else 0


def _count(connection: Connection, people: Sequence[str]) -> int:
    found = connection.execute(
        f"SELECT count(*) FROM memories_memory WHERE {OF_PERSON}",
        {"people": list(people)},
    ).fetchone()
    return int(found[0]) if found else 0


def _copy(connection: Connection, people: Sequence[str], first: int, last: int) -> None:
    connection.execute(NUMBERED.encode())
    for table, belongs in TABLES.items():
        columns = connection.execute(COLUMNS, [table]).fetchall()
        names = sql.SQL(", ").join(sql.Identifier(name) for name, _kind in columns)
        values = sql.SQL(", ").join(sql.SQL(_value(table, name, kind)) for name, kind in columns)
        statement = sql.SQL(
            "INSERT INTO {table} ({names}) SELECT {values} FROM (SELECT * FROM {table} WHERE {belongs}) AS original, "
            "generate_series(%(first)s::int, %(last)s::int) AS copy (copy_number)"
        ).format(table=sql.Identifier(table), names=names, values=values, belongs=sql.SQL(belongs))
        connection.execute(statement, {"people": list(people), "first": first, "last": last})


def _value(table: str, column: str, kind: str) -> str:
    """Return what a copy has in a column, as SQL."""
    if table == "memories_enduser" and column == "name":
        return "original.name || '-' || copy_number"
    if column in OWN_IDS:
        return f'pg_temp.numbered(original."{column}"::text, copy_number)::{kind}'
    if kind == "vector":
        return OWN_VECTOR.format(column=f'original."{column}"')
    return f'original."{column}"'


@contextmanager
def _loosened(connection: Connection, *, indexes: bool) -> Iterator[None]:
    """Leave foreign keys unchecked, which hold by themselves, and with `indexes` these until the end.

    The product's own triggers run.
    """
    tables = list(TABLES)
    triggers = [tuple(map(sql.Identifier, row)) for row in connection.execute(TRIGGERS, [tables]).fetchall()]
    switch = sql.SQL("ALTER TABLE {} ENABLE {} TRIGGER {}")
    if indexes:
        connection.execute((NOTE_INDEXES % ",".join(tables)).encode())
        for (name,) in connection.execute("SELECT name FROM benchmark_index").fetchall():
            connection.execute(sql.SQL("DROP INDEX IF EXISTS {}").format(sql.Identifier(name)))
    for table, trigger in triggers:
        connection.execute(switch.format(table, sql.SQL("ALWAYS"), trigger))
    connection.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        connection.execute("SET session_replication_role = origin")
        for table, trigger in triggers:
            connection.execute(switch.format(table, sql.SQL(""), trigger))
    connection.execute("SET maintenance_work_mem = '1GB'")
    if connection.execute("SELECT to_regclass('benchmark_index')").fetchone() != (None,):
        for (definition,) in connection.execute(MISSING_INDEXES).fetchall():
            connection.execute(definition)
