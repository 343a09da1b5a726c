"""The fields that are columns, each compiled to a condition on memories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BooleanField, F, Func, Q, TextField, Value
from django.db.models.lookups import IContains
from django.utils.translation import gettext as _

from accounts.models import Project
from memories.filters.errors import InvalidFilter
from memories.filters.operands import (
    a_boolean,
    a_choice,
    a_day,
    a_list,
    a_moment,
    a_name,
    a_string,
    an_id,
    conjunction,
    either,
    operations,
    strings,
)
from memories.lexemes import all_of, query_lexemes
from memories.models import Agent, App, EndUser, Run
from memories.models.entities import NamedScope
from memories.models.scoped import ENTITY_FIELDS
from memories.models.stated import Layer

ENTITIES: dict[str, type[NamedScope]] = {"user_id": EndUser, "agent_id": Agent, "app_id": App, "run_id": Run}
# TypeScript clients pass filters on as written, in camel case.
ALIASES: dict[str, str] = {"userId": "user_id", "agentId": "agent_id", "appId": "app_id", "runId": "run_id"}
ANY = "*"
ORDER = ("gt", "gte", "lt", "lte")
MEMBERSHIP = ("eq", "ne", "in", "nin")
TIME_COLUMNS = {"created_at": "created_at", "updated_at": "updated_at", "timestamp": "said_at"}
A_DAY = timedelta(days=1)
# Written between the categories of a memory where they are searched as one text; no name holds it.
UNIT_SEPARATOR = "\x1f"


def entity(name: str, value: Any, project: Project) -> Q:
    """Compare an id by a subquery, not by a join: joined, an OR of a name and its negation loses rows without one."""
    column = ENTITY_FIELDS[name]
    rows = ENTITIES[name]._default_manager.filter(project=project)

    def compiled(operator: str, operand: Any) -> Q:
        if operator in ("exists", ANY):
            return Q(**{f"{column}__isnull": not a_boolean(f"{name}.{operator}", operand)})
        if operator == "eq" and operand is None:
            return Q(**{f"{column}__isnull": True})
        items = a_list(f"{name}.in", operand) if operator == "in" else [operand]
        names = [a_name(name, item) for item in items]
        if ANY in names:
            return Q(**{f"{column}__isnull": False})
        return Q(**{f"{column}__in": rows.filter(name__in=names).values("pk")})

    return conjunction(operations(name, value, (*MEMBERSHIP, "exists", ANY)), compiled)


def _time(name: str, value: Any) -> Q:
    path = TIME_COLUMNS[name]

    def compiled(operator: str, operand: Any) -> Q:
        if operator == "in":
            return either(_at(path, *a_moment(name, item)) for item in a_list(f"{name}.in", operand))
        moment, whole_day = a_moment(name, operand)
        if operator == "eq":
            return _at(path, moment, whole_day)
        if whole_day and operator in ("gt", "lte"):
            # A bare date means the day: "after" begins when it ends, "until" includes all of it.
            return Q(**{f"{path}__gte" if operator == "gt" else f"{path}__lt": _end_of(moment)})
        return Q(**{f"{path}__{operator}": moment})

    return conjunction(operations(name, value, (*ORDER, *MEMBERSHIP)), compiled)


def _at(path: str, moment: datetime, whole_day: bool) -> Q:
    if whole_day:
        return Q(**{f"{path}__gte": moment, f"{path}__lt": _end_of(moment)})
    return Q(**{path: moment})


def _end_of(day: datetime) -> datetime:
    """Return when a day ends; the calendar's last never does."""
    return day + A_DAY if day.date() != datetime.max.date() else datetime.max.replace(tzinfo=day.tzinfo)


def _expiration(name: str, value: Any) -> Q:
    def compiled(operator: str, operand: Any) -> Q:
        if operator == "exists":
            return Q(expiration_date__isnull=not a_boolean(f"{name}.exists", operand))
        if operator == "eq" and operand is None:
            return Q(expiration_date__isnull=True)
        if operator == "in":
            return Q(expiration_date__in=[a_day(name, item) for item in a_list(f"{name}.in", operand)])
        return Q(**{f"expiration_date__{'exact' if operator == 'eq' else operator}": a_day(name, operand)})

    return conjunction(operations(name, value, (*ORDER, *MEMBERSHIP, "exists")), compiled)


def _text(name: str, value: Any) -> Q:
    def compiled(operator: str, operand: Any) -> Q:
        if operator == "in":
            return Q(text__in=[a_string(name, item) for item in a_list(f"{name}.in", operand)])
        if operator == "eq":
            return Q(text=a_string(name, operand))
        return either(Q(**{f"text__{operator}": part}) for part in strings(f"{name}.{operator}", operand))

    return conjunction(operations(name, value, ("contains", "icontains", *MEMBERSHIP), bare="icontains"), compiled)


def _keywords(name: str, value: Any) -> Q:
    def compiled(operator: str, operand: Any) -> Q:
        if operator == "eq":
            return either(_has_words(name, words) for words in strings(name, operand))
        return either(Q(**{f"text__{operator}": part}) for part in strings(f"{name}.{operator}", operand))

    return conjunction(operations(name, value, ("eq", "ne", "contains", "icontains")), compiled)


def _has_words(name: str, words: str) -> Q:
    """Return the condition that every word is in the text, in whatever form."""
    terms = query_lexemes(words)
    if not terms:
        raise InvalidFilter(_("%(name)s: there is no word in %(value)r.") % {"name": name, "value": words})
    operands = (F("lexemes"), Value(all_of(terms)))
    return Q(Func(*operands, template="(%(expressions)s::tsquery)", arg_joiner=" @@ ", output_field=BooleanField()))


def _categories(name: str, value: Any) -> Q:
    def compiled(operator: str, operand: Any) -> Q:
        if operator == "exists":
            filed = ~Q(categories=[])
            return filed if a_boolean(f"{name}.exists", operand) else ~filed
        if operator == "in":
            return Q(categories__overlap=[a_string(name, item) for item in a_list(f"{name}.in", operand)])
        if operator == "eq":
            return Q(categories__contains=[a_string(name, operand)])
        return either(_category_like(part) for part in strings(f"{name}.{operator}", operand))

    bare = "in" if isinstance(value, list) else "contains"
    return conjunction(operations(name, value, ("contains", "icontains", *MEMBERSHIP, "exists"), bare), compiled)


def _category_like(part: str) -> Q:
    joined = Func(F("categories"), Value(UNIT_SEPARATOR), function="array_to_string", output_field=TextField())
    return Q(IContains(joined, part))


def _layer(name: str, value: Any) -> Q:
    def compiled(operator: str, operand: Any) -> Q:
        items = a_list(f"{name}.in", operand) if operator == "in" else [operand]
        return Q(layer__in=[a_choice(name, item, Layer.values) for item in items])

    return conjunction(operations(name, value, MEMBERSHIP, bare="in" if isinstance(value, list) else "eq"), compiled)


def _pinned(name: str, value: Any) -> Q:
    return conjunction(
        operations(name, value, ("eq", "ne")), lambda _sign, operand: Q(pinned=a_boolean(name, operand))
    )


def _memory_ids(name: str, value: Any) -> Q:
    def compiled(operator: str, operand: Any) -> Q:
        items = a_list(f"{name}.in", operand) if operator == "in" else [operand]
        return Q(pk__in=[an_id(name, item) for item in items])

    return conjunction(operations(name, value, MEMBERSHIP, bare="in" if isinstance(value, list) else "eq"), compiled)


COLUMNS: dict[str, Callable[[str, Any], Q]] = {
    **dict.fromkeys(TIME_COLUMNS, _time),
    "expiration_date": _expiration,
    "text": _text,
    "keywords": _keywords,
    "keywords_search": _keywords,
    "categories": _categories,
    "memory_ids": _memory_ids,
    "layer": _layer,
    "pinned": _pinned,
}
