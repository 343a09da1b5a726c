"""Metadata, to any depth: {"metadata": {"address": {"city": {"eq": "Osaka"}}}} or {"metadata.address.city": "Osaka"}.

Keys and values reach Postgres as parameters only. Each condition is true or false, also of a row without the key:
what Postgres would answer with NULL is decided here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db.models import BooleanField, Expression, F, Func, JSONField, Q, TextField, Value
from django.db.models.functions import Cast, Coalesce, Lower, StrIndex
from django.db.models.lookups import GreaterThan, IsNull
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from memories.filters.errors import InvalidFilter
from memories.filters.operands import (
    MAX_DEPTH,
    a_boolean,
    a_list,
    a_string,
    complain,
    conjunction,
    either,
    every,
    json_value,
    operations,
)

ORDER = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
OPERATORS = ("eq", "ne", "in", "nin", *ORDER, "contains", "icontains", "exists")
# What can be said of the metadata as a whole.
OF_THE_WHOLE = ("eq", "ne", "in", "nin", "contains")
SEPARATOR = "."
# What other filter languages write where operators stand. As keys they would match nothing, without a word.
FOREIGN = {
    *(f"${operator}" for operator in (*OPERATORS, "not", "and", "or", "regex", "like")),
    *("neq", "not_eq", "not_in", "notin", "like", "ilike", "regex", "between", "is_null", "isnull", "not_contains"),
    *("startswith", "starts_with", "endswith", "ends_with", "equals", "not_equals"),
}
SCALAR = gettext_lazy("a string, a number, true or false, a list of at least one of these, or an object")
Path = tuple[str, ...]


def metadata(name: str, value: Any) -> Q:
    """Compile `metadata`, or `metadata.a.b` with what is said of that key. Raises InvalidFilter."""
    path = tuple(a_string("metadata", name).split(SEPARATOR))[1:]
    if "" in path:
        said = _("%(name)s: a key between the dots is empty. If that is meant, write %(example)s.")
        raise InvalidFilter(said % {"name": name, "example": '{"metadata": {"": …}}'})
    if not path and not isinstance(value, Mapping):
        raise InvalidFilter(_("metadata takes an object, such as %(example)s.") % {"example": '{"project": "atlas"}'})
    return _condition(path, value)


def _condition(path: Path, value: Any) -> Q:
    """Compile what stands behind a key: a value, operators, or an object of further keys."""
    name = SEPARATOR.join(("metadata", *path))
    if len(path) > MAX_DEPTH:
        raise InvalidFilter(_("metadata: keys may be nested %(most)s levels deep.") % {"most": MAX_DEPTH})
    keys = set(value) if isinstance(value, Mapping) else set()
    operators = keys & set(OPERATORS)
    _refuse_unclear(path, name, keys, operators)
    if isinstance(value, Mapping) and not operators and (keys or not path):
        return every(_condition((*path, a_string(name, key)), item) for key, item in value.items())
    return conjunction(
        operations(name, value, OPERATORS if path else OF_THE_WHOLE),
        lambda operator, operand: _compare(path, f"{name}.{operator}", operator, operand),
    )


def _refuse_unclear(path: Path, name: str, keys: set[Any], operators: set[Any]) -> None:
    """Raise InvalidFilter for keys among operators, and for keys that look as if they were meant as operators."""
    others = keys - operators
    foreign = others if operators else {key for key in others if path and key in FOREIGN}
    if not foreign:
        return
    key = min(foreign, key=str)
    said = _("%(name)s has no operator %(operator)r. Allowed: %(allowed)s. A key of that name is written %(example)s.")
    told = {"name": name, "operator": key, "allowed": ", ".join(OPERATORS if path else OF_THE_WHOLE)}
    raise InvalidFilter(said % {**told, "example": json.dumps({"eq": {str(key): 1}})})


def _compare(path: Path, name: str, operator: str, operand: Any) -> Q:
    if operator == "exists":
        return Q(IsNull(_at(path), not a_boolean(name, operand)))
    if operator == "eq":
        return _same(path, json_value(name, operand))
    if operator == "in":
        return either(_same(path, json_value(name, item)) for item in a_list(name, operand))
    if operator == "contains":
        return _contains(path, name, operand)
    if operator == "icontains":
        return _contains_ignoring_case(path, a_string(name, operand))
    if isinstance(operand, bool) or not isinstance(operand, int | float | str):
        complain(name, _("a number or a string"), operand)
    # Within JSON paths numbers compare with numbers, strings with strings, by code point; all else is no match.
    return _json_path(path, f"@ {ORDER[operator]} $v", {"v": json_value(name, operand)})


def _same(path: Path, value: Any) -> Q:
    """Equality of JSON type and value; an object stands for those with at least its keys, null for no value."""
    if isinstance(value, dict):
        return _json_path(path, '@.type() == "object"') & every(_same((*path, k), v) for k, v in value.items())
    return _holds(_at(path), "=", _json(value), if_missing=value is None)


def _contains(path: Path, name: str, operand: Any) -> Q:
    """A string contains its parts, a list its elements (all that are asked for), an object its keys."""
    if isinstance(operand, Mapping):
        return _same(path, json_value(name, operand))
    items = operand if isinstance(operand, list) else [operand]
    if not items or any(item is None or isinstance(item, Mapping | list) for item in items):
        complain(name, SCALAR, operand)
    return every(_has(path, json_value(name, item)) for item in items)


def _has(path: Path, item: Any) -> Q:
    element = _holds(_at(path), "@>", _json([item]))
    return element | _part_of(_string_at(path), Value(item)) if isinstance(item, str) else element


def _contains_ignoring_case(path: Path, part: str) -> Q:
    """As `contains`, all in lower case; JSON's own words and escapes are so already."""
    document = Lower(Cast(_at(path), TextField()))
    element = _holds(Cast(document, JSONField()), "@>", Cast(Lower(Value(_dumped([part]))), JSONField()))
    return element | _part_of(Lower(_string_at(path)), Lower(Value(part)))


def _at(path: Path) -> Func:
    """Return the JSON behind the keys of `path`: `metadata -> 'a' -> 'b'`, NULL where there is none.

    The arrow takes text for a key only; to `#>`, "0" would also be a place in a list.
    """
    keys = (F("metadata"), *map(Value, path))
    return Func(*keys, template="(%(expressions)s)", arg_joiner=" -> ", output_field=TextField())


def _string_at(path: Path) -> Func:
    """Return the text of a JSON string, NULL for any other JSON."""
    string = Func(_at(path), _jsonpath('@.type() == "string"'), function="jsonb_path_query_first")
    return Func(string, template="(%(expressions)s #>> '{}')", output_field=TextField())


def _jsonpath(condition: str) -> Func:
    """Return a JSON path that keeps its value if `condition` holds; strict, lest it look into lists."""
    return Func(Value(f"strict $ ? ({condition})"), template="%(expressions)s::jsonpath")


def _json_path(path: Path, condition: str, variables: dict[str, Any] | None = None) -> Q:
    operands = (_at(path), _jsonpath(condition), _json(variables or {}))
    return _true(Func(*operands, function="jsonb_path_exists", output_field=BooleanField()))


def _json(value: Any) -> Cast:
    return Cast(Value(_dumped(value)), JSONField())


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _holds(left: Func | Cast, sign: str, right: Cast, *, if_missing: bool = False) -> Q:
    infix = Func(left, right, template="(%(expressions)s)", arg_joiner=f" {sign} ", output_field=BooleanField())
    return _true(infix, if_missing=if_missing)


def _part_of(whole: Func, part: Value | Func) -> Q:
    return _true(GreaterThan(StrIndex(whole, part), 0))


def _true(condition: Expression | GreaterThan, *, if_missing: bool = False) -> Q:
    """Return the condition with NULL, which a missing key or another type of JSON gives, decided."""
    return Q(Coalesce(condition, Value(if_missing), output_field=BooleanField()))
