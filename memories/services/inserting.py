"""Inserting rows with little ado: `bulk_create` for the few rows that every call of an app brings."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Any

import psycopg
from django.db import connection, models

_UNDURABLE = "set_config('synchronous_commit', 'off', true)"
BATCH = 500  # rows per statement; Postgres takes 65,535 parameters


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one model that are inserted by one statement."""

    rows: Sequence[models.Model]
    ignore_conflicts: bool
    durable: bool

    @property
    def shape(self) -> tuple[type[models.Model], int, bool, bool]:
        """Return what the statement depends on."""
        return type(self.rows[0]), len(self.rows), self.ignore_conflicts, self.durable


class _Waiting(threading.local):
    batches: list[_Rows] | None = None


_WAITING = _Waiting()


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False, durable: bool = True) -> None:
    """Insert `rows`, all of one model, as `bulk_create` would; keys that the database makes are not read back.

    Unless `durable`, the transaction that this belongs to doesn't wait for the disk. The statement is written once
    per model and number of rows, which costs `bulk_create` more than Postgres.
    """
    for start in range(0, len(rows), BATCH):
        batch = _Rows(rows[start : start + BATCH], ignore_conflicts, durable)
        if _WAITING.batches is None:
            _send([batch])
        else:
            _WAITING.batches.append(batch)


@contextmanager
def together() -> Iterator[None]:
    """Let insertions wait, and send them as one statement at the end: one round trip for the rows of a call.

    What is read meanwhile doesn't have them; what must have them calls `send_waiting` first. Constraints between the
    tables hold at the end of the transaction, as Django defines them, so that their order doesn't matter.
    """
    _WAITING.batches = []
    try:
        yield
        send_waiting()
    finally:
        _WAITING.batches = None


def send_waiting() -> None:
    """Insert what waits."""
    batches = _WAITING.batches
    several: list[_Rows] = []
    if not batches:
        return
    _WAITING.batches = []
    for batch in batches:
        if sum(len(one.rows) for one in several) + len(batch.rows) > BATCH:
            _send(several)
            several = []
        several.append(batch)
    _send(several)


def _send(batches: Sequence[_Rows]) -> None:
    values: list[Any] = []
    for batch in batches:
        for row in batch.rows:
            fields = _fields(type(row))
            values += [field.get_db_prep_save(_value(field, row), connection=connection) for field in fields]
    connection.ensure_connection()
    # Raw, because psycopg would look for placeholders in so long a statement each time anew.
    with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
        cursor.execute(_statement(*(batch.shape for batch in batches)), values)
    for row in (row for batch in batches for row in batch.rows):
        row._state.adding = False
        row._state.db = connection.alias


@lru_cache
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))


@lru_cache(1024)
def _statement(*shapes: tuple[type[models.Model], int, bool, bool]) -> bytes:
    numbers = count(1)
    *first, last = (_insertion(numbers, *shape) for shape in shapes)
    ahead = ", ".join(f"part{number} AS ({insertion})" for number, insertion in enumerate(first))
    return (f"WITH {ahead} {last}" if ahead else last).encode()


def _insertion(
    numbers: Iterator[int], model: type[models.Model], rows: int, ignore_conflicts: bool, durable: bool
) -> str:
    quote, fields = connection.ops.quote_name, _fields(model)
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join([f"({', '.join([_place(field, next(numbers)) for field in fields])})" for _row in range(rows)])
    # In the statement itself, for a statement of its own would be a round trip more, and a transaction three.
    values = f"VALUES {values}" if durable else f"SELECT given.* FROM (VALUES {values}) AS given, {_UNDURABLE}"  # noqa: S608
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {values}{ending}"


def _value(field: models.Field[Any, Any], row: models.Model) -> Any:
    """Return what is stored; a time of creation that the row has already stays."""
    set_by_caller = getattr(field, "auto_now_add", False) and getattr(row, field.attname) is not None
    return getattr(row, field.attname) if set_by_caller else field.pre_save(row, True)


def _place(field: models.Field[Any, Any], number: int) -> str:
    """Say of which type a value is; except of text, which a cast to a column's length would cut short in silence."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return f"${number}" if is_text else f"${number}::{field.db_type(connection)}"
