"""Inserting rows with little ado: `bulk_create` for the few rows that every call of an app brings."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

_UNDURABLE = "set_config('synchronous_commit', 'off', true)"
BATCH = 500  # rows per statement; Postgres takes 65,535 parameters


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False, durable: bool = True) -> None:
    """Insert `rows`, all of one model, as `bulk_create` would; keys that the database makes are not read back.

    Unless `durable`, the transaction that this belongs to doesn't wait for the disk.

    The statement is written once per model and number of rows, which costs `bulk_create` more than Postgres.
    """
    for start in range(0, len(rows), BATCH):
        _insert(rows[start : start + BATCH], ignore_conflicts, durable)


def _insert(rows: Sequence[models.Model], ignore_conflicts: bool, durable: bool) -> None:
    model = type(rows[0])
    fields = _fields(model)
    values = [field.get_db_prep_save(_value(field, row), connection=connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, len(rows), ignore_conflicts, durable), values)
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


@lru_cache
def _fields(model: type[models.Model]) -> tuple[models.Field[Any, Any], ...]:
    return tuple(field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField))


@lru_cache(1024)
def _statement(model: type[models.Model], rows: int, ignore_conflicts: bool, durable: bool) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in _fields(model))
    places = ", ".join(_place(field) for field in _fields(model))
    values = ", ".join([f"({places})"] * rows)
    # In the statement itself, for a statement of its own would be a round trip more, and a transaction three.
    values = f"VALUES {values}" if durable else f"SELECT given.* FROM (VALUES {values}) AS given, {_UNDURABLE}"  # noqa: S608
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    return f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {values}{ending}"


def _value(field: models.Field[Any, Any], row: models.Model) -> Any:
    """Return what is stored; a time of creation that the row has already stays."""
    set_by_caller = getattr(field, "auto_now_add", False) and getattr(row, field.attname) is not None
    return getattr(row, field.attname) if set_by_caller else field.pre_save(row, True)


def _place(field: models.Field[Any, Any]) -> str:
    """Say of which type a value is; except of text, which a cast to a column's length would cut short in silence."""
    is_text = isinstance(field, models.CharField | models.TextField)
    return "%s" if is_text else f"%s::{field.db_type(connection)}"
