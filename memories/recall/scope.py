"""Which memories a search may see, as SQL that every statement of recall contains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from memories.models import Memory
from memories.models.memory import MemoryQuerySet

COLUMNS = (
    *("id", "sitting", "place", "speaker", "about", "end_user_id", "lexemes", "lexeme_count", "context", "traits"),
    *("importance", "pinned", "said_at", "happened_at", "layer", "visits", "visited_at", "updated_at"),
)


def columns_of(memories: MemoryQuerySet) -> QuerySet[Memory, dict[str, Any]]:
    """Return what recall reads of the memories that a search may see."""
    columns: QuerySet[Memory, dict[str, Any]] = memories.order_by().values(*COLUMNS)
    return columns


class Scope:
    """The memories that a search may see.

    The queryset is compiled once. Postgres takes of its columns what a statement uses.
    """

    def __init__(self, memories: MemoryQuerySet) -> None:
        self._set(*columns_of(memories).query.sql_with_params())

    @classmethod
    def of_sql(cls, sql: str, params: Sequence[Any]) -> Scope:
        """Return the scope that `columns_of` has been compiled to."""
        scope = cls.__new__(cls)
        scope._set(sql, params)
        return scope

    def _set(self, sql: str, params: Sequence[Any]) -> None:
        self._with = f"WITH scope AS NOT MATERIALIZED ({sql}) "
        self._params: tuple[Any, ...] = tuple(params)

    def rows(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run `statement`, which reads from `scope` and is our own text; return its rows."""
        with connection.cursor() as cursor:
            # Only Django's own SQL is put in, with its values as parameters.
            cursor.execute(self._with + statement, [*self._params, *params])
            return list(cursor.fetchall())
