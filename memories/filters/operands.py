"""Reading what stands behind a field: operators and their operands, or a complaint that says what is expected."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, NoReturn
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from memories.filters.errors import InvalidFilter

MAX_DEPTH = 20
EVERYTHING = Q(pk__isnull=False)
NOTHING = Q(pk__in=[])
NEGATIONS = {"ne": "eq", "nin": "in"}
KINDS = {
    dict: gettext_lazy("an object"),
    list: gettext_lazy("a list"),
    str: gettext_lazy("a string"),
    bool: gettext_lazy("a boolean"),
    int: gettext_lazy("a number"),
    float: gettext_lazy("a number"),
    type(None): "null",
}


def operations(name: str, value: Any, allowed: Iterable[str], bare: str = "eq") -> list[tuple[str, Any, bool]]:
    """Return (operator, operand, negated) for each operator of a condition; `ne` is `eq`, negated.

    `bare` is the operator that a plain value stands for. Raises InvalidFilter for an operator that isn't allowed.
    """
    pairs = list(value.items()) if isinstance(value, Mapping) else [(bare, value)]
    allowed = list(allowed)
    for operator, _operand in pairs:
        if operator not in allowed:
            said = _("%(name)s has no operator %(operator)r. Allowed: %(allowed)s.")
            raise InvalidFilter(said % {"name": name, "operator": operator, "allowed": ", ".join(allowed)})
    if not pairs:
        said = _("%(name)s has an empty condition. Give a value or one of %(allowed)s.")
        raise InvalidFilter(said % {"name": name, "allowed": ", ".join(allowed)})
    return [(NEGATIONS.get(operator, operator), operand, operator in NEGATIONS) for operator, operand in pairs]


def every(conditions: Iterable[Q]) -> Q:
    """Return the condition that all of them hold; of none, what always holds."""
    return Q(*conditions) or EVERYTHING


def conjunction(operations: Iterable[tuple[str, Any, bool]], compiled: Callable[[str, Any], Q]) -> Q:
    """Return the condition that all operators hold; `compiled` gives that of one, before it is negated."""
    return every(
        ~compiled(sign, operand) if negated else compiled(sign, operand) for sign, operand, negated in operations
    )


def either(conditions: Iterable[Q]) -> Q:
    """Return the condition that one of them holds; of none, what never holds."""
    return Q(*conditions, _connector=Q.OR) or NOTHING


def complain(name: str, expected: object, operand: Any) -> NoReturn:
    """Raise InvalidFilter with what is expected and what came instead."""
    said = _("%(name)s takes %(expected)s; got %(given)s.")
    given = KINDS.get(type(operand), type(operand).__name__)
    raise InvalidFilter(said % {"name": name, "expected": expected, "given": given})


def too_deep(name: str) -> str:
    """Return the complaint about a value within values beyond number."""
    return _("%(name)s: values may be nested %(most)s levels deep.") % {"name": name, "most": MAX_DEPTH}


def a_list(name: str, operand: Any) -> list[Any]:
    """Return a list as it is; the operator's name is part of `name`."""
    return operand if isinstance(operand, list) else complain(name, _("a list"), operand)


def a_boolean(name: str, operand: Any) -> bool:
    """Return true or false as it is."""
    return operand if isinstance(operand, bool) else complain(name, _("true or false"), operand)


def a_string(name: str, operand: Any) -> str:
    """Return a string that the database can compare."""
    if not isinstance(operand, str):
        complain(name, _("a string"), operand)
    if "\x00" in operand or not _is_unicode(operand):
        said = _("%(name)s: %(value)s holds NUL or half of a surrogate pair, which no text has.")
        raise InvalidFilter(said % {"name": name, "value": json.dumps(operand)})
    return operand


def a_choice(name: str, operand: Any, choices: Iterable[str]) -> str:
    """Return one of `choices` as it is."""
    if operand not in (allowed := list(choices)):
        complain(name, _("one of %(allowed)s") % {"allowed": ", ".join(allowed)}, operand)
    return str(operand)


def strings(name: str, operand: Any) -> list[str]:
    """Return the strings of a list, or the one string."""
    items = operand if isinstance(operand, list) else [operand]
    if not items:
        raise InvalidFilter(_("%(name)s takes a string or a list of at least one.") % {"name": name})
    return [a_string(name, item) for item in items]


def a_name(name: str, operand: Any) -> str:
    """Return the name of an end user, agent, app or run; a whole number is one, as it is when memories are added."""
    if isinstance(operand, int) and not isinstance(operand, bool):
        return str(operand)
    return a_string(name, operand)


def an_id(name: str, operand: Any) -> UUID:
    """Return a memory's id."""
    text = a_string(name, operand)
    try:
        return UUID(text)
    except ValueError:
        said = _("%(name)s takes ids of memories, which are UUIDs; %(value)r is none.")
        raise InvalidFilter(said % {"name": name, "value": text}) from None


def json_value(name: str, operand: Any, depth: int = 0) -> Any:
    """Return any JSON that the database can hold."""
    if depth > MAX_DEPTH:
        raise InvalidFilter(too_deep(name))
    if isinstance(operand, str):
        return a_string(name, operand)
    if isinstance(operand, float) and not math.isfinite(operand):
        said = _("%(name)s: %(value)s is not a number that can be compared.")
        raise InvalidFilter(said % {"name": name, "value": operand})
    if isinstance(operand, Mapping):
        return {a_string(name, key): json_value(name, item, depth + 1) for key, item in operand.items()}
    if isinstance(operand, list):
        return [json_value(name, item, depth + 1) for item in operand]
    return operand


def a_moment(name: str, operand: Any) -> tuple[datetime, bool]:
    """Read a date, a datetime or Unix seconds; tell whether it was a whole day. Naive times are UTC."""
    try:
        if isinstance(operand, int | float) and not isinstance(operand, bool):
            return datetime.fromtimestamp(operand, tz=UTC), False
        text = a_string(name, operand)
        if (moment := parse_datetime(text)) is not None and len(text) > len("2026-01-01"):
            aware = moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)
            return aware.astimezone(UTC), False
        if (day := parse_date(text)) is not None:
            return datetime.combine(day, time.min, tzinfo=UTC), True
    except InvalidFilter:
        raise
    except (ValueError, OverflowError, OSError):
        pass
    said = _("%(name)s: %(value)r is neither a date (2026-03-31) nor a time (2026-03-31T12:00:00Z).")
    raise InvalidFilter(said % {"name": name, "value": operand})


def a_day(name: str, operand: Any) -> date:
    """Read a date; of a time, its day in UTC."""
    moment, _whole = a_moment(name, operand)
    return moment.date()


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
