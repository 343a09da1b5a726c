"""Memories for the filters that most calls have, names of end users, agents, apps and runs: by a prepared query.

The condition is compiled from the same filters by the same compiler as any other. It is only compiled once for each
form that a call may have.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Project
from accounts.principal import Principal
from memories.api.narrowing import memories_of, narrowed
from memories.api.prepared import ForKeys
from memories.api.shapes import MemoryRow
from memories.filters import ENTITIES
from memories.models import Memory

FORMS = 256  # kept at a time, each a few kilobytes
ANY = "*"


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
        return _prepared(*self._form, None, None).count(self._principal, **self._values)

    def __getitem__(self, part: slice) -> list[MemoryRow]:
        """Return those from `part.start` up to `part.stop`, newest first."""
        rows = _prepared(*self._form, part.start, part.stop)(self._principal, **self._values)
        return [MemoryRow._make(row) for row in rows]


def is_listable(given: Mapping[str, Any]) -> bool:
    """Tell whether the filters are nothing but names, each of which must match, and what holds now is asked for."""
    filters: Mapping[str, Any] = given["filters"]
    return not given.get("as_of") and all(
        key in ENTITIES and isinstance(name, str) and name not in ("", ANY) for key, name in filters.items()
    )


@lru_cache(FORMS)
def _prepared(
    names: tuple[str, ...], latest_only: bool, show_expired: bool, start: int | None, stop: int | None
) -> ForKeys[tuple[Any, ...]]:
    def build(principal: Principal, project: Project, **values: Any) -> QuerySet[Memory, tuple[Any, ...]]:
        given = {"latest_only": latest_only, "show_expired": show_expired}
        given |= {"now": values.pop("now", None), "reference_date": values.pop("day", None)}
        found = narrowed(memories_of(principal, project), {**given, "filters": values}, project)
        return found.values_list(*MemoryRow._fields)[start:stop]

    parameters: dict[str, type] = dict.fromkeys(names, str)
    parameters |= {"now": datetime} if latest_only else {}
    parameters |= {} if show_expired else {"day": date}
    return ForKeys(build, parameters)
