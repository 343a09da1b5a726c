"""Whether a filter says whose memories it means."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memories.filters.fields import ALIASES, ANY, ENTITIES

POSITIVE = ("eq", "in", "exists", ANY)
NEGATIVE = ("ne", "nin")


def says_whose(filters: Any) -> bool:
    """Tell whether whatever matches `filters` must carry some end user, agent, app or run that it names.

    `*` names any. Compile the filter first: this takes its depth and its operators for granted.
    """
    return _implies(filters, holds=True)


def _implies(filters: Any, *, holds: bool) -> bool:
    """Tell whether a memory of which the filter holds, or doesn't, must carry an id."""
    if not isinstance(filters, Mapping):
        return False
    return _any_or_all([_member(key, value, holds) for key, value in filters.items()], any_will_do=holds)


def _any_or_all(parts: list[bool], *, any_will_do: bool) -> bool:
    return any(parts) if any_will_do else bool(parts) and all(parts)


def _member(key: str, value: Any, holds: bool) -> bool:
    key = ALIASES.get(key, key)
    if key in ("AND", "OR"):
        parts = [_implies(item, holds=holds) for item in value] if isinstance(value, list) else []
        return _any_or_all(parts, any_will_do=(key == "AND") is holds)
    if key == "NOT":
        items = value if isinstance(value, list) else [value]
        return _any_or_all([_implies(item, holds=not holds) for item in items], any_will_do=holds)
    if key not in ENTITIES:
        return False
    conditions = value.items() if isinstance(value, Mapping) else [("eq", value)]
    parts = [_names_one(operator, operand, holds) for operator, operand in conditions]
    return _any_or_all(parts, any_will_do=holds)


def _names_one(operator: str, operand: Any, holds: bool) -> bool:
    if operand in ("", []) or operator not in POSITIVE + NEGATIVE:
        return False
    # "Is null" and "doesn't exist" say that there is an id when they do not hold.
    absent = operand is None or operand is False
    return ((operator in POSITIVE) is not absent) is holds
