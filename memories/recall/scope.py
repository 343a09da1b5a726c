"""Which memories a search may see, as SQL that every statement of recall contains."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.prepared import Prepared, among
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.recall.survey import Survey, survey

COLUMNS = (
    *("id", "sitting", "place", "speaker", "about", "end_user_id", "lexemes", "lexeme_count", "context", "traits"),
    *("importance", "pinned", "said_at", "happened_at", "layer", "visits", "visited_at", "updated_at"),
)

# Up to so many memories are fetched by a query that is kept for their number.
PREPARED = 50


Fetch = Callable[[Sequence[UUID]], dict[UUID, Any]]


class Person(NamedTuple):
    """An end user by name."""

    project: UUID
    name: str


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
        scope = Scope.__new__(Scope)
        scope._set(sql, params)
        return scope

    def _set(self, sql: str, params: Sequence[Any]) -> None:
        self._scope = f"scope AS NOT MATERIALIZED ({sql}) "
        self._params: tuple[Any, ...] = tuple(params)

    def rows(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run `statement`, which reads from `scope` and is our own text; return its rows."""
        # Only Django's own SQL is put in, with its values as parameters.
        return _run(f"WITH {self._scope}{statement}", [*self._params, *params])

    def explained(self, statement: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return Postgres' plan for `statement`, which isn't run, in JSON."""
        return _run(f"EXPLAIN (FORMAT JSON) WITH {self._scope}{statement}", [*self._params, *params])

    @cached_property
    def survey(self) -> Survey:
        """What there is in the scope, as of the first time that somebody asks."""
        return survey(self)

    def rows_among(self, ids: Sequence[UUID], statement: str) -> list[tuple[Any, ...]]:
        """Run `statement` with a scope that has only the memories with these ids, if it has them."""
        return _run(f"{among(Memory._meta.db_table)}, {self._scope}{statement}", [list(ids), *self._params])

    def holds(self, ids: Sequence[UUID]) -> set[UUID]:
        """Return those of the ids whose memories are in scope."""
        return {row[0] for row in self.rows_among(ids, "SELECT scope.id FROM scope")}

    def fetch(self, ids: Sequence[UUID]) -> dict[UUID, Any]:
        """Return the memories with these ids, which the scope has let through a moment ago."""
        if not 0 < len(ids) <= PREPARED:
            return dict(Memory.objects.with_scope().in_bulk(ids))
        found = _by_id(len(ids))(**{f"id{i}": pk for i, pk in enumerate(ids)})
        return {memory.pk: memory for memory in found}


class PersonScope(Scope):
    """A scope within one end user's memories, which recall may read from an index in memory.

    It means the same memories as any other with the same `form`, but for what time changes; `moment`, in seconds
    since 1970, is its time.
    """

    def __init__(
        self, sql: str, params: Sequence[Any], *, person: Person, form: Hashable, moment: float, fetch: Fetch
    ) -> None:
        """Take what `columns_of` has been compiled to, and what returns memories by id if they are in scope."""
        self._set(sql, params)
        self.person = person
        self.form = form
        self.moment = moment
        self._fetch = fetch

    def fetch(self, ids: Sequence[UUID]) -> dict[UUID, Any]:
        """Return those of the memories with these ids that are in scope now."""
        return self._fetch(ids)


def _run(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


@lru_cache
def _by_id(count: int) -> Prepared[Memory]:
    def build(**ids: UUID) -> MemoryQuerySet:
        return Memory.objects.filter(pk__in=list(ids.values())).with_scope().without_words().order_by()

    return Prepared(build, {f"id{i}": UUID for i in range(count)})
