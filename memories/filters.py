"""The filter language of list, search and delete: mem0's, nested to any depth, compiled to one SQL condition.

Grammar: a filter is an object of fields, implicitly joined by AND, and of `AND`, `OR` (lists of filters) and
`NOT` (a filter or a list of them). A field's condition is a plain value, meaning equality, or an object of
operators. Whatever can't be expressed raises InvalidFilter; nothing is ignored, so nothing matches by mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import Project
from memories.models import Agent, App, EndUser, Run
from memories.models.entities import NamedScope
from memories.models.scoped import ENTITY_FIELDS

ENTITIES: dict[str, type[NamedScope]] = {"user_id": EndUser, "agent_id": Agent, "app_id": App, "run_id": Run}
# TypeScript clients pass filters on as written, in camel case.
ALIASES: dict[str, str] = {"userId": "user_id", "agentId": "agent_id", "appId": "app_id", "runId": "run_id"}
TIME_PATHS = {"created_at": "created_at", "updated_at": "updated_at", "timestamp": "said_at"}
ANY = "*"
MAX_DEPTH = 20
EVERYTHING = Q(pk__isnull=False)
NOTHING = Q(pk__in=[])


class InvalidFilter(ValueError):
    """The filter says something that this language has no meaning for; the message names what is allowed."""


def compile_filter(filters: Any, *, project: Project) -> Q:
    """Return the condition on memories of `project` that `filters` (decoded JSON) stands for.

    An empty filter is everything. Names are looked up in the project, so that namesakes elsewhere cost nothing.
    Raises InvalidFilter.
    """
    return _Compiler(project).group(filters, depth=0)


def says_whose(filters: Any) -> bool:
    """Tell whether whatever matches `filters` must carry some end user, agent, app or run that it names."""
    if not isinstance(filters, Mapping):
        return False
    return any(_member_says_whose(key, value) for key, value in filters.items())


def _member_says_whose(key: str, value: Any) -> bool:
    key = ALIASES.get(key, key)
    if key == "AND":
        return isinstance(value, list) and any(map(says_whose, value))
    if key == "OR":
        return isinstance(value, list) and bool(value) and all(map(says_whose, value))
    return key in ENTITIES and _is_positive(value)


def _is_positive(value: Any) -> bool:
    if isinstance(value, Mapping):
        return bool(value) and not set(value) - {"eq", "in", "*"} and all(value.values())
    return value not in (None, "")


class _Compiler:
    """Walks a filter; holds the project for the fields that need it."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def group(self, filters: Any, *, depth: int) -> Q:
        if not isinstance(filters, Mapping):
            raise InvalidFilter(f"A filter is an object of fields and AND, OR, NOT; got {type(filters).__name__}.")
        if depth > MAX_DEPTH:
            raise InvalidFilter(f"Filters may be nested {MAX_DEPTH} levels deep.")
        condition = EVERYTHING
        for key, value in filters.items():
            condition &= self.member(key, value, depth)
        return condition

    def member(self, key: str, value: Any, depth: int) -> Q:
        if key in ("AND", "OR"):
            if not isinstance(value, list) or not value:
                raise InvalidFilter(f"{key} takes a list of at least one filter.")
            parts = [self.group(item, depth=depth + 1) for item in value]
            return reduce(and_ if key == "AND" else or_, parts)
        if key == "NOT":
            items = value if isinstance(value, list) else [value]
            return reduce(and_, [~self.group(item, depth=depth + 1) for item in items], EVERYTHING)
        return self.field(ALIASES.get(key, key), value)

    def field(self, name: str, value: Any) -> Q:
        if name in ENTITIES:
            return _entity(name, value, self.project)
        if name not in FIELDS:
            allowed = ", ".join([*ENTITIES, *FIELDS])
            raise InvalidFilter(f"Unknown filter field {name!r}. Allowed: {allowed}, AND, OR, NOT.")
        return FIELDS[name](name, value)


def _operators(name: str, value: Any, allowed: tuple[str, ...], default: str = "eq") -> list[tuple[str, Any]]:
    """Return the field's (operator, operand) pairs, or complain of one that the field doesn't have."""
    pairs = list(value.items()) if isinstance(value, Mapping) else [(default, value)]
    for operator, _operand in pairs:
        if operator not in allowed:
            raise InvalidFilter(f"{name} has no operator {operator!r}. Allowed: {', '.join(allowed)}.")
    if not pairs:
        raise InvalidFilter(f"{name} has an empty condition. Give a value or one of {', '.join(allowed)}.")
    return pairs


def _list(name: str, operator: str, operand: Any) -> list[Any]:
    if not isinstance(operand, list):
        raise InvalidFilter(f"{name}.{operator} takes a list.")
    return operand


def _string(name: str, operand: Any) -> str:
    if not isinstance(operand, str):
        raise InvalidFilter(f"{name} takes a string; got {type(operand).__name__}.")
    return operand


def _entity(name: str, value: Any, project: Project) -> Q:
    """Compare by a subquery, not by a join: joined, an OR of a name and its negation loses the rows without one."""
    column = ENTITY_FIELDS[name]

    def named(names: list[str]) -> Q:
        rows = ENTITIES[name]._default_manager.filter(project=project, name__in=names)
        return Q(**{f"{column}__in": rows.values("pk")})

    condition = EVERYTHING
    for operator, operand in _operators(name, value, ("eq", "ne", "in", "nin", ANY)):
        if operator == ANY or operand == ANY:
            matching = Q(**{f"{column}__isnull": False})
        elif operator in ("in", "nin"):
            matching = named([_string(name, item) for item in _list(name, operator, operand)])
        elif operand is None:
            matching = Q(**{f"{column}__isnull": True})
        else:
            matching = named([_string(name, operand)])
        condition &= ~matching if operator in ("ne", "nin") else matching
    return condition


def _moment(name: str, operand: Any) -> tuple[datetime, bool]:
    """Read a date, a datetime or Unix seconds; tell whether it was a whole day. Naive times are UTC."""
    if isinstance(operand, int | float) and not isinstance(operand, bool):
        return datetime.fromtimestamp(operand, tz=UTC), False
    text = _string(name, operand)
    try:
        if (moment := parse_datetime(text)) is not None and len(text) > len("2026-01-01"):
            return (moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)), False
        if (day := parse_date(text)) is not None:
            return datetime.combine(day, time.min, tzinfo=UTC), True
    except ValueError:
        pass
    raise InvalidFilter(f"{name}: {text!r} is neither a date (2026-03-31) nor a time (2026-03-31T12:00:00Z).")


def _time(name: str, value: Any) -> Q:
    path = TIME_PATHS[name]
    condition = EVERYTHING
    for operator, operand in _operators(name, value, ("gt", "gte", "lt", "lte", "ne", "eq", "in")):
        if operator == "in":
            inside = NOTHING
            for item in _list(name, operator, operand):
                inside |= _at(path, *_moment(name, item))
            condition &= inside
            continue
        moment, whole_day = _moment(name, operand)
        if operator in ("eq", "ne"):
            same = _at(path, moment, whole_day)
            condition &= same if operator == "eq" else ~same
        elif whole_day and operator in ("gt", "lte"):
            # A bare date means the day: "after" begins when it ends, "until" includes all of it.
            end = moment + timedelta(days=1)
            condition &= Q(**{f"{path}__gte" if operator == "gt" else f"{path}__lt": end})
        else:
            condition &= Q(**{f"{path}__{operator}": moment})
    return condition


def _at(path: str, moment: datetime, whole_day: bool) -> Q:
    if whole_day:
        return Q(**{f"{path}__gte": moment, f"{path}__lt": moment + timedelta(days=1)})
    return Q(**{path: moment})


def _day(name: str, value: Any) -> Q:
    condition = EVERYTHING
    for operator, operand in _operators(name, value, ("gt", "gte", "lt", "lte", "eq", "ne", "in")):
        if operator == "in":
            condition &= Q(expiration_date__in=[_as_day(name, item) for item in _list(name, operator, operand)])
        elif operand is None:
            condition &= Q(expiration_date__isnull=operator == "eq")
        elif operator == "ne":
            condition &= ~Q(expiration_date=_as_day(name, operand))
        else:
            suffix = "" if operator == "eq" else f"__{operator}"
            condition &= Q(**{f"expiration_date{suffix}": _as_day(name, operand)})
    return condition


def _as_day(name: str, operand: Any) -> date:
    moment, _whole = _moment(name, operand)
    return moment.date()


def _text(name: str, value: Any) -> Q:
    condition = EVERYTHING
    lookups = {"eq": "text", "contains": "text__contains", "icontains": "text__icontains"}
    for operator, operand in _operators(name, value, tuple(lookups), "icontains"):
        words = operand if isinstance(operand, list) else [operand]
        found = NOTHING
        for word in words:
            found |= Q(**{lookups[operator]: _string(name, word)})
        condition &= found
    return condition


def _categories(name: str, value: Any) -> Q:
    condition = EVERYTHING
    default = "in" if isinstance(value, list) else "contains"
    for operator, operand in _operators(name, value, ("in", "nin", "contains", "eq", "ne"), default):
        names = operand if isinstance(operand, list) else [operand]
        names = [_string(name, item) for item in names]
        inside = Q(categories__overlap=names) if operator in ("in", "nin") else Q(categories__contains=names)
        condition &= ~inside if operator in ("nin", "ne") else inside
    return condition


def _metadata(name: str, value: Any) -> Q:
    if not isinstance(value, Mapping):
        raise InvalidFilter('metadata takes an object, such as {"project": "atlas"}.')
    if set(value) & {"eq", "ne", "contains"}:
        condition = EVERYTHING
        for operator, operand in value.items():
            if operator not in ("eq", "ne", "contains"):
                raise InvalidFilter(f"metadata has no operator {operator!r}. Allowed: eq, ne, contains.")
            inside = Q(metadata__contains=operand)
            condition &= ~inside if operator == "ne" else inside
        return condition
    return Q(metadata__contains=dict(value))


def _memory_ids(name: str, value: Any) -> Q:
    ids: list[Any] = []
    for _operator, operand in _operators(name, value, ("in", "eq"), "in"):
        ids.extend(operand if isinstance(operand, list) else [operand])
    try:
        return Q(pk__in=[UUID(str(item)) for item in ids])
    except (ValueError, ValidationError) as error:
        raise InvalidFilter(f"{name}: {error}") from error


FIELDS: dict[str, Callable[[str, Any], Q]] = {
    **dict.fromkeys(TIME_PATHS, _time),
    "expiration_date": _day,
    "text": _text,
    "keywords": _text,
    "keywords_search": _text,
    "categories": _categories,
    "metadata": _metadata,
    "memory_ids": _memory_ids,
}
