"""What a filter means, in plain Python over plain rows: docs/filters.md, word for word and without a database.

A row is a dict of the filter's fields: ids or None, times, a date or None, text, a list of categories, metadata.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = dict[str, Any]
MISSING = object()
IDS = ("user_id", "agent_id", "app_id", "run_id")
TIMES = ("created_at", "updated_at", "timestamp")
CAMEL = {"userId": "user_id", "agentId": "agent_id", "appId": "app_id", "runId": "run_id"}
OPERATORS = {"eq", "ne", "in", "nin", "gt", "gte", "lt", "lte", "contains", "icontains", "exists"}


def matches(row: Row, condition: dict[str, Any]) -> bool:
    return all(member_matches(row, key, value) for key, value in condition.items())


def member_matches(row: Row, key: str, value: Any) -> bool:
    if key == "AND":
        return all(matches(row, item) for item in value)
    if key == "OR":
        return any(matches(row, item) for item in value)
    if key == "NOT":
        return not any(matches(row, item) for item in (value if isinstance(value, list) else [value]))
    key, _dot, path = CAMEL.get(key, key).partition(".")
    if key == "metadata":
        found = row["metadata"]
        for step in path.split(".") if path else []:
            found = under(found, step)
        return json_matches(found, value, root=not path)
    bare = {"text": "icontains", "categories": "contains"}.get(key, "eq")
    if isinstance(value, list) and key in ("categories", "memory_ids", "layer"):
        bare = "in"
    column = {"keywords": "text", "keywords_search": "text", "memory_ids": "id"}.get(key, key)
    return field(value, lambda operator, operand: READINGS[key](row[column], operator, operand), bare)


def field(value: Any, is_so: Any, bare: str = "eq") -> bool:
    pairs = value.items() if isinstance(value, dict) else [(bare, value)]
    opposites = {"ne": "eq", "nin": "in"}
    return all(
        not is_so(opposites[operator], operand) if operator in opposites else is_so(operator, operand)
        for operator, operand in pairs
    )


def memory_is(memory_id: Any, operator: str, operand: Any) -> bool:
    return str(memory_id) in (operand if operator == "in" else [operand])


def id_is(name: str | None, operator: str, operand: Any) -> bool:
    if operator in ("exists", "*"):
        return (name is not None) is operand
    if operator == "eq":
        return name is None if operand is None else id_is(name, "in", [operand])
    return name is not None and ("*" in operand or name in map(str, operand))


def period(operand: Any) -> tuple[datetime, datetime]:
    """The moments that an operand covers: one, or all of a day; the end is not in it."""
    if isinstance(operand, int | float):
        start = datetime.fromtimestamp(operand, UTC)
    else:
        start = datetime.fromisoformat(operand)
        start = start if start.tzinfo else start.replace(tzinfo=UTC)
    whole_day = isinstance(operand, str) and len(operand) == 10
    return start, start + (timedelta(days=1) if whole_day else timedelta(microseconds=1))


def time_is(moment: datetime, operator: str, operand: Any) -> bool:
    if operator == "in":
        return any(time_is(moment, "eq", item) for item in operand)
    start, end = period(operand)
    return {
        "eq": start <= moment < end,
        "gt": moment >= end,
        "gte": moment >= start,
        "lt": moment < start,
        "lte": moment < end,
    }[operator]


def day_is(day: date | None, operator: str, operand: Any) -> bool:
    if operator == "exists":
        return (day is not None) is operand
    if operand is None:
        return day is None
    if operator == "in":
        return any(day_is(day, "eq", item) for item in operand)
    if day is None:
        return False
    other = period(operand)[0].astimezone(UTC).date()
    return compare(day, operator, other)


def compare(one: Any, operator: str, other: Any) -> bool:
    if operator == "eq":
        return bool(one == other)
    if operator in ("gt", "gte") and one > other:
        return True
    return (operator in ("lt", "lte") and one < other) or (operator in ("gte", "lte") and one == other)


def text_is(text: str, operator: str, operand: Any) -> bool:
    if operator == "in":
        return text in operand
    if operator == "eq":
        return bool(text == operand)
    parts = operand if isinstance(operand, list) else [operand]
    if operator == "contains":
        return any(part in text for part in parts)
    return any(part.lower() in text.lower() for part in parts)


def keywords_are(text: str, operator: str, operand: Any) -> bool:
    if operator != "eq":
        return text_is(text, operator, operand)
    wanted = operand if isinstance(operand, list) else [operand]
    return any(words(part) <= words(text) for part in wanted)


def words(text: str) -> set[str]:
    """The words, whatever their case, their number and what stands around them."""
    return {word.strip("%.").lower().removesuffix("s") for word in text.split()}


def categories_are(categories: list[str], operator: str, operand: Any) -> bool:
    if operator == "exists":
        return bool(categories) is operand
    if operator == "in":
        return bool(set(categories) & set(operand))
    if operator == "eq":
        return operand in categories
    parts = operand if isinstance(operand, list) else [operand]
    return any(part.lower() in name.lower() for part in parts for name in categories)


def under(value: Any, key: str) -> Any:
    return value.get(key, MISSING) if isinstance(value, dict) else MISSING


def json_matches(found: Any, wanted: Any, *, root: bool = False) -> bool:
    if isinstance(wanted, dict) and not set(wanted) & OPERATORS and (wanted or root):
        return all(json_matches(under(found, key), item) for key, item in wanted.items())
    return field(wanted, lambda operator, operand: json_is(found, operator, operand))


def json_is(found: Any, operator: str, operand: Any) -> bool:
    if operator == "exists":
        return (found is not MISSING) is operand
    if operator == "eq":
        return same(found, operand)
    if operator == "in":
        return any(same(found, item) for item in operand)
    if operator == "contains":
        return contains(found, operand)
    if operator == "icontains":
        if isinstance(found, list):
            return operand.lower() in [item.lower() for item in found if isinstance(item, str)]
        return isinstance(found, str) and operand.lower() in found.lower()
    if kind(found) != kind(operand):
        return False
    return compare(number(found), operator, number(operand))


def kind(value: Any) -> str:
    if isinstance(value, bool) or value is None or value is MISSING:
        return repr(value)
    return "number" if isinstance(value, int | float) else type(value).__name__


def number(value: Any) -> Any:
    return Decimal(str(value)) if kind(value) == "number" else value


def same(found: Any, wanted: Any) -> bool:
    """An object stands for those with at least its keys; null for no value."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(same(under(found, key), item) for key, item in wanted.items())
    if wanted is None:
        return found is None or found is MISSING
    return identical(found, wanted)


def identical(one: Any, other: Any) -> bool:
    if kind(one) != kind(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(identical, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(identical(one[key], other[key]) for key in one)
    return bool(number(one) == number(other))


def contains(found: Any, operand: Any) -> bool:
    if isinstance(operand, dict):
        return same(found, operand)
    if isinstance(operand, list):
        return all(contains(found, item) for item in operand)
    if isinstance(found, list):
        return any(identical(item, operand) for item in found)
    return isinstance(found, str) and isinstance(operand, str) and operand in found


READINGS = {
    **dict.fromkeys(IDS, id_is),
    **dict.fromkeys(TIMES, time_is),
    "expiration_date": day_is,
    "text": text_is,
    "keywords": keywords_are,
    "keywords_search": keywords_are,
    "categories": categories_are,
    "memory_ids": memory_is,
    "layer": memory_is,
    "pinned": lambda pinned, _operator, operand: pinned is operand,
}
