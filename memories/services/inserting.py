"""Inserting rows with little ado: `bulk_create` for the few rows that every call of an app brings."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import attrgetter, itemgetter
from typing import Any

import orjson
import psycopg
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

from memories.services.one_trip import ask

_UNDURABLE = "set_config('synchronous_commit', 'off', true)"
BATCH = 500  # rows per statement, which are all in memory twice while they are sent
# Fields whose values JSON and Postgres write alike.
PLAIN = (
    models.CharField,
    models.TextField,
    models.UUIDField,
    models.BooleanField,
    models.IntegerField,
    models.FloatField,
    models.DateField,
    models.JSONField,
    models.BinaryField,
    ArrayField,
)
_Shape = tuple[type[models.Model], bool, bool]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of one model that are inserted by one statement."""

    rows: Sequence[models.Model]
    ignore_conflicts: bool
    durable: bool

    @property
    def shape(self) -> _Shape:
        """Return what the statement depends on."""
        return type(self.rows[0]), self.ignore_conflicts, self.durable


class _Waiting(threading.local):
    batches: list[_Rows] | None = None


_WAITING = _Waiting()


def insert(rows: Sequence[models.Model], *, ignore_conflicts: bool = False, durable: bool = True) -> None:
    """Insert `rows`, all of one model, as `bulk_create` would; keys that the database makes are not read back.

    Unless `durable`, the transaction that this belongs to doesn't wait for the disk. The statement is written once
    per model, which costs `bulk_create` more than Postgres.
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
    """Insert what waits: of each model at once, however many calls it comes from."""
    batches = _WAITING.batches
    several: list[_Rows] = []
    if not batches:
        return
    _WAITING.batches = []
    for batch in _joined(batches):
        if sum(len(one.rows) for one in several) + len(batch.rows) > BATCH:
            _send(several)
            several = []
        several.append(batch)
    _send(several)


def _joined(batches: Sequence[_Rows]) -> Iterator[_Rows]:
    """Return batches of the same rows, as few as there can be of each shape, in the order in which they came."""
    rows: dict[_Shape, list[models.Model]] = {}
    for batch in batches:
        rows.setdefault(batch.shape, []).extend(batch.rows)
    for (_model, ignore_conflicts, durable), alike in rows.items():
        for start in range(0, len(alike), BATCH):
            yield _Rows(alike[start : start + BATCH], ignore_conflicts, durable)


def _send(batches: Sequence[_Rows]) -> None:
    values = [json_text([*map(reader_of(batch.shape[0]), batch.rows)]) for batch in batches]
    statement = _statement(*(batch.shape for batch in batches))
    if connection.in_atomic_block:
        # There, one trip would first have to ask what is prepared; and this may be part of a pipeline. Raw, because
        # psycopg would look for placeholders in so long a statement each time anew.
        with connection.wrap_database_errors, psycopg.RawCursor(connection.connection) as cursor:
            cursor.execute(statement, [value.decode() for value in values])
    else:
        ask(connection, [(statement, values)])
    for batch in batches:
        mark_inserted(batch.rows)


def mark_inserted(rows: Iterable[models.Model]) -> None:
    """Have Django know that the rows are in the database: to save one is to update it."""
    alias = connection.alias  # through a proxy, which costs as much as all the rest
    for row in rows:
        row._state.adding = False
        row._state.db = alias


def json_text(rows: Sequence[dict[str, Any]]) -> bytes:
    """Write rows as Postgres' json_to_recordset reads them."""
    try:
        return orjson.dumps(rows, option=orjson.OPT_NON_STR_KEYS, default=_text)
    except TypeError:  # a number of more than 64 bits
        return json.dumps(rows, ensure_ascii=False, default=_text).encode()


def _text(value: Any) -> str:
    """Write what JSON has no form for as Postgres reads it."""
    return f"\\x{bytes(value).hex()}" if isinstance(value, bytes | bytearray | memoryview) else str(value)


@lru_cache
def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """Return the columns that an insertion gives a value."""
    return tuple(str(field.column) for field in _given(model))


@lru_cache
def reader_of(model: type[models.Model], *without: str) -> Callable[[models.Model], dict[str, Any]]:
    """Return what reads a row's values by column, as `json_text` takes them, but for the columns `without`."""
    fields = [field for field in _given(model) if field.column not in without]
    columns = tuple(str(field.column) for field in fields)
    values = itemgetter(*(field.attname for field in fields))
    prepared = tuple((str(field.column), prepare) for field in fields if (prepare := _preparing(field)))

    def read(row: models.Model) -> dict[str, Any]:
        by_column = dict(zip(columns, values(row.__dict__), strict=True))
        for column, prepare in prepared:
            by_column[column] = prepare(row)
        return by_column

    return read


def _given(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the fields of which the database doesn't make the value."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


def _preparing(field: models.Field[Any, Any]) -> Callable[[Any], Any] | None:
    """Return what prepares a field's value for the database; None where JSON and Postgres agree on its form."""
    plain = field.target_field if isinstance(field, models.ForeignKey) else field
    read: Callable[[Any], Any] = attrgetter(field.attname)
    is_time = isinstance(field, models.DateField) and not (field.auto_now or field.auto_now_add)
    sets = type(field).pre_save is not models.Field.pre_save and not is_time
    if sets:
        # A time of creation that the row has already stays.
        read = partial(_saved, field, bool(getattr(field, "auto_now_add", False)))
    if isinstance(plain, PLAIN):
        return read if sets else None
    return lambda row: field.get_db_prep_save(read(row), connection)


def _saved(field: models.Field[Any, Any], keeps: bool, row: models.Model) -> Any:
    value = getattr(row, field.attname)
    return value if keeps and value is not None else field.pre_save(row, True)


@lru_cache(1024)
def _statement(*shapes: _Shape) -> bytes:
    *first, last = (_insertion(number, *shape) for number, shape in enumerate(shapes, 1))
    ahead = ", ".join(f"part{number} AS ({insertion})" for number, insertion in enumerate(first))
    return (f"WITH {ahead} {last}" if ahead else last).encode()


def _insertion(number: int, model: type[models.Model], ignore_conflicts: bool, durable: bool) -> str:
    """Write the insertion of any number of rows: a statement that Postgres has planned already, however many come.

    They come as one JSON text, which costs a tenth of what a parameter for each value does on this side.
    """
    table = quoted(model._meta.db_table)
    columns = ", ".join(quoted(column) for column in columns_of(model))
    given = f"json_populate_recordset(NULL::{table}, ${number}::json) AS given"
    # In the statement itself, for a statement of its own would be a round trip more, and a transaction three.
    given += "" if durable else f", {_UNDURABLE}"
    ending = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    selected = ", ".join(f"given.{quoted(column)}" for column in columns_of(model))
    return f"INSERT INTO {table} ({columns}) SELECT {selected} FROM {given}{ending}"  # noqa: S608 (names of models)


def quoted(name: str) -> str:
    """Return the name of a table or column as SQL has it."""
    return str(connection.ops.quote_name(name))
