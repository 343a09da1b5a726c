"""Statements that go to Postgres together and are answered together, past psycopg's cursors.

A pipeline of cursors costs the caller more than Postgres needs for what it carries: each statement is looked up, sent
and waited for by itself. Here libpq is given all of them, prepared once per connection, and then waited for once.

Source: https://www.postgresql.org/docs/current/libpq-pipeline-mode.html
"""

from __future__ import annotations

import hashlib
import select
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

Row = tuple[bytes | None, ...]
# There is no prepared statement of that name; or a table that it returns rows of has changed.
STALE = (b"26000", b"0A000")
# The statements that each connection has prepared.
_PREPARED: WeakKeyDictionary[psycopg.Connection[Any], set[bytes]] = WeakKeyDictionary()


def ask(database: BaseDatabaseWrapper, statements: Sequence[tuple[bytes, Sequence[bytes]]]) -> list[list[Row]]:
    """Return the rows of each statement, in text; a statement is its SQL and the text of its parameters $1, $2, ...

    Outside of a transaction they are one, which is committed when this returns. Raises what Django raises for the
    first one that fails, or for the commit; then none has had an effect.
    """
    database.close_if_health_check_failed()
    database.ensure_connection()
    connected = database.connection
    if not database.get_autocommit():
        _look_again(database)
    with database.wrap_database_errors, connected.lock:
        for _attempt in range(2):
            try:
                names = [_prepared(connected, sql) for sql, _params in statements]
                results = _answers(connected.pgconn, names, [params for _sql, params in statements])
            except BaseException:
                # Nobody knows what is still to come on this connection.
                database.close()
                raise
            if not _are_gone(results):
                break
            _forget(connected)
        for result in results:
            _check(connected, result)
    return [_rows(result) for result in results]


def _look_again(database: BaseDatabaseWrapper) -> None:
    """Note which statements are still prepared: psycopg drops all after a rollback.

    Within a transaction there is no other way to know, as one that is missing would end it. And it may have to be
    begun, as psycopg does with its first statement.
    """
    with database.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_prepared_statements")
        _PREPARED[database.connection] = {name.encode() for (name,) in cursor.fetchall()}


def _forget(connected: psycopg.Connection[Any]) -> None:
    """Drop the statements, so far as they are still there, to prepare them again."""
    for name in _PREPARED.pop(connected, set()):
        connected.pgconn.exec_(b"DEALLOCATE " + name)


def _are_gone(results: Sequence[PGresult]) -> bool:
    return any(result.error_field(DiagnosticField.SQLSTATE) in STALE for result in results)


def _check(connected: psycopg.Connection[Any], result: PGresult) -> None:
    if connected.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError("The connection is lost.")
    if result.status == ExecStatus.FATAL_ERROR:
        raise psycopg.errors.error_from_result(result, connected.info.encoding)


def _prepared(connected: psycopg.Connection[Any], sql: bytes) -> bytes:
    """Return the name of a statement that is prepared on this connection."""
    name, known = _name(sql), _PREPARED.setdefault(connected, set())
    if name not in known:
        _check(connected, connected.pgconn.prepare(name, sql))
        known.add(name)
    return name


@lru_cache
def _name(sql: bytes) -> bytes:
    return b"memoryhub_" + hashlib.sha256(sql).hexdigest()[:16].encode()


def _answers(pgconn: PGconn, names: Sequence[bytes], params: Sequence[Sequence[bytes]]) -> list[PGresult]:
    """Send the statements and return a result for each, and one more if the commit fails."""
    pgconn.enter_pipeline_mode()
    for name, values in zip(names, params, strict=True):
        pgconn.send_query_prepared(name, values)
    pgconn.pipeline_sync()
    results = list(_received(pgconn))
    pgconn.exit_pipeline_mode()
    return results


def _received(pgconn: PGconn) -> Iterator[PGresult]:
    """Yield what comes until all has been answered."""
    wait = select.poll()
    unsent = pgconn.flush()
    wait.register(pgconn.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
    while True:
        while unsent or pgconn.is_busy():
            wait.poll()
            pgconn.consume_input()
            if unsent and not (unsent := pgconn.flush()):
                wait.modify(pgconn.socket, select.POLLIN)
        result = pgconn.get_result()
        if result is None:  # the end of one statement's
            if pgconn.status != ConnStatus.OK:
                raise psycopg.OperationalError("The connection is lost.")
        elif result.status == ExecStatus.PIPELINE_SYNC:
            return
        else:
            yield result


def _rows(result: PGresult) -> list[Row]:
    columns = range(result.nfields)
    return [tuple(result.get_value(row, column) for column in columns) for row in range(result.ntuples)]
