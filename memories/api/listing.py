"""Memories for the filters that most calls have, names of end users, agents, apps and runs: by a prepared query.

The condition is compiled from the same filters by the same compiler as any other. It is only compiled once for each
form that a call may have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

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
from memories.recall.scope import Scope, columns_of

FORMS = 256  # kept at a time, each a few kilobytes
T = TypeVar("T")


class Listing:
    """What a call means: like a queryset, it has a count and is sliced."""

    def __init__(self, principal: Principal, given: Mapping[str, Any]) -> None:
        names: Mapping[str, str] = given["filters"]
        self._principal = principal
        self._form = tuple(names), bool(given["latest_only"]), bool(given["show_expired"])
        self._values: dict[str, Any] = dict(names)
        now = timezone.now()
        if given["latest_only"]:
            self._values["now"] = now
        if not given["show_expired"]:
            self._values["day"] = given.get("reference_date") or now.date()

    def count(self) -> int:
        """Return how many memories there are."""
        return _page(*self._form, None, None).count(self._principal, **self._values)

    def __getitem__(self, part: slice) -> list[MemoryRow]:
        """Return those from `part.start` up to `part.stop`, newest first."""
        rows = _page(*self._form, part.start, part.stop)(self._principal, **self._values)
        return [MemoryRow._make(row) for row in rows]

    def scope(self) -> Scope:
        """Return the memories as recall searches them."""
        return Scope.of_sql(*_scope(*self._form).sql(self._principal, **self._values))


def is_listable(given: Mapping[str, Any]) -> bool:
    """Tell whether the filters are nothing but names, each of which must match, and what holds now is asked for."""
    filters: Mapping[str, Any] = given["filters"]
    return (
        not given.get("as_of")
        and not given.get("combine_layers")
        and all(key in ENTITIES and isinstance(name, str) and name not in ("", ANY) for key, name in filters.items())
    )


@lru_cache(FORMS)
def _page(
    names: tuple[str, ...], latest_only: bool, show_expired: bool, start: int | None, stop: int | None
) -> ForKeys[tuple[Any, ...]]:
    columns = [_AsText(name) if name in TIMES else name for name in MemoryRow._fields]
    return _prepared(names, latest_only, show_expired, lambda found: found.values_list(*columns)[start:stop])


@lru_cache(FORMS)
def _scope(names: tuple[str, ...], latest_only: bool, show_expired: bool) -> ForKeys[dict[str, Any]]:
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


class _AsText(Func):
    """A time as ISO 8601 in UTC, written by Postgres: to read it and write it again is a third of a page's time."""

    template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    output_field = TextField()
