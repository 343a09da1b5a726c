"""Which memories a search may see, as SQL that every statement of recall contains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from memories.models.memory import MemoryQuerySet

COLUMNS = (
    *("id", "sitting", "place", "speaker", "about", "end_user_id", "lexemes", "lexeme_count", "context", "traits"),
    *("importance", "pinned", "said_at", "happened_at"),
)


class Scope:
    """The memories that a search may see; `memories` is the narrowed queryset it was made of.

    The queryset is compiled once. Postgres takes of its columns what a statement uses.
    """

    def __init__(self, memories: MemoryQuerySet) -> None:
        self.memories = memories
        sql, params = memories.order_by().values(*COLUMNS).query.sql_with_params()
        self._with = f"WITH scope AS NOT MATERIALIZED ({sql}) "
        self._params: tuple[Any, ...] = tuple(params)

    def rows(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run `statement`, which reads from `scope` and is our own text; return its rows."""
        with connection.cursor() as cursor:
            # Only Django's own SQL is put in, with its values as parameters.
            cursor.execute(self._with + statement, [*self._params, *params])
            return list(cursor.fetchall())
