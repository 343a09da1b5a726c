"""Memories for the filters that most calls have, names of end users, agents, apps and runs: by a prepared query.

The condition is compiled from the same filters by the same compiler as any other. It is only compiled once for each
form that a call may have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Func, QuerySet, TextField
from django.utils import timezone

from accounts.models import Project
from accounts.principal import Principal
from memories.api.narrowing import memories_of, narrowed
from memories.api.prepared import ForKeys
from memories.api.shapes import TIMES, MemoryRow
from memories.filters import ANY, ENTITIES
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.providers import get_embedder
from memories.recall.columns import Flags
from memories.recall.resident.index import Index
from memories.recall.resident.shelf import SHELF
from memories.recall.scope import Person, PersonScope, Scope, columns_of

# From here on a page is found in an index rather than by counting and skipping rows in Postgres.
LARGE = 1_000
FORMS = 256  # kept at a time, each a few kilobytes
T = TypeVar("T")


class Listing:
    """What a call means: like a queryset, it has a count and is sliced."""

    def __init__(self, principal: Principal, given: Mapping[str, Any]) -> None:
        names: Mapping[str, str] = given["filters"]
        self._principal = principal
        self._form = tuple(names), bool(given["latest_only"]), bool(given["show_expired"])
        self._values: dict[str, Any] = dict(names)
        self._now = now = timezone.now()
        if given["latest_only"]:
            self._values["now"] = now
        if not given["show_expired"]:
            self._values["day"] = given.get("reference_date") or now.date()

    def count(self) -> int:
        """Return how many memories there are."""
        if self._indexed is not None:
            return int(self._indexed[1].sum())
        count = _page(*self._form, None, None).count(self._principal, **self._values)
        if count >= LARGE and isinstance(self._scope, PersonScope):
            SHELF.want(self._scope.person, self._embedder)
        return count

    def __getitem__(self, part: slice) -> list[MemoryRow]:
        """Return those from `part.start` up to `part.stop`, newest first."""
        if self._indexed is not None:
            index, within = self._indexed
            rows = index.newest[within[index.newest]][part]
            ids = [index.columns.id(row) for row in rows.tolist()]
            found = self._fetch(ids) if ids else {}
            if len(found) == len(ids):
                return [found[memory_id] for memory_id in ids]
            if isinstance(self._scope, PersonScope):  # one was erased, which an index isn't told
                SHELF.drop(self._scope.person, self._embedder)
        read = _page(*self._form, part.start, part.stop)(self._principal, **self._values)
        return [MemoryRow._make(row) for row in read]

    def scope(self) -> Scope:
        """Return the memories as recall searches them."""
        return self._scope

    @cached_property
    def _indexed(self) -> tuple[Index, Flags] | None:
        """Return the person's index and which rows are meant, if it is kept: it knows any page without a count."""
        if connection.in_atomic_block or not isinstance(self._scope, PersonScope):
            return None
        kept = SHELF.keeps(self._scope.person, self._embedder)
        return SHELF.look(self._scope, self._embedder) if kept else None

    @property
    def _embedder(self) -> str:
        assert self._principal.api_key is not None
        return get_embedder(self._principal.api_key.project.embedder).name

    @cached_property
    def _scope(self) -> Scope:
        name = self._values.get("user_id")
        limited = self._principal.end_user_name
        sql, params = _scoped(*self._form).sql(self._principal, **self._values)
        if name is None or limited not in ("", name):
            return Scope.of_sql(sql, params)
        assert self._principal.api_key is not None
        lasting = {key: value for key, value in self._values.items() if key != "now"}
        return PersonScope(
            sql,
            params,
            person=Person(self._principal.api_key.project_id, name),
            form=(self._form, tuple(lasting.items()), limited),
            moment=self._now.timestamp(),
            fetch=self._fetch,
        )

    def _fetch(self, ids: Sequence[UUID]) -> dict[UUID, MemoryRow]:
        rows = _page(*self._form, None, None).among(self._principal, ids, **self._values)
        return {UUID(row[0]): MemoryRow._make(row) for row in rows}


def is_listable(given: Mapping[str, Any]) -> bool:
    """Tell whether the filters are nothing but names, each of which must match, and what holds now is asked for."""
    filters: Mapping[str, Any] = given["filters"]
    return (
        not given.get("as_of")
        and not given.get("combine_layers")
        and all(key in ENTITIES and isinstance(name, str) and name not in ("", ANY) for key, name in filters.items())
    )


def shown(memories: MemoryQuerySet) -> QuerySet[Memory, tuple[Any, ...]]:
    """Return of `memories` the columns of a MemoryRow."""
    columns = [_WRITTEN[name](name) if name in _WRITTEN else name for name in MemoryRow._fields]
    return memories.values_list(*columns)


@lru_cache(FORMS)
def _page(
    names: tuple[str, ...], latest_only: bool, show_expired: bool, start: int | None, stop: int | None
) -> ForKeys[tuple[Any, ...]]:
    return _prepared(names, latest_only, show_expired, lambda found: shown(found)[start:stop])


@lru_cache(FORMS)
def _scoped(names: tuple[str, ...], latest_only: bool, show_expired: bool) -> ForKeys[dict[str, Any]]:
    return _prepared(names, latest_only, show_expired, columns_of)


def _prepared(
    names: tuple[str, ...],
    latest_only: bool,
    show_expired: bool,
    read: Callable[[MemoryQuerySet], QuerySet[Memory, T]],
) -> ForKeys[T]:
    def build(principal: Principal, project: Project, **values: Any) -> QuerySet[Memory, T]:
        given = {"latest_only": latest_only, "show_expired": show_expired}
        given |= {"now": values.pop("now", None), "reference_date": values.pop("day", None)}
        return read(narrowed(memories_of(principal, project), {**given, "filters": values}, project))

    parameters: dict[str, type] = dict.fromkeys(names, str)
    parameters |= {"now": datetime} if latest_only else {}
    parameters |= {} if show_expired else {"day": date}
    return ForKeys(build, parameters)


class _Text(Func):
    """What a page only passes on, as the text that it is to Postgres."""

    template = "%(expressions)s::text"
    output_field = TextField()


class _Time(Func):
    """A time as ISO 8601 in UTC, written by Postgres: to read it and write it again is a third of a page's time."""

    template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    output_field = TextField()


_WRITTEN: dict[str, type[Func]] = {**dict.fromkeys(TIMES, _Time), "id": _Text, "metadata": _Text}
