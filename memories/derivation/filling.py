"""Filling a schema without a language model: only what categories and metadata say outright."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memories.derivation.facts import Fact
from memories.derivation.schema import Schema

# Fields of these names hold every memory.
EVERYTHING = {"memory", "fact", "statement", "result", "item", "entry"}
# In an object for one memory, fields of these names hold its words.
TEXT = {"memory", "text", "content", "statement", "fact", "value", "description"}
# A schema may refer to itself, and what one memory says is seldom true three objects down.
DEEPEST = 3
NOTHING = object()


@dataclass(slots=True)
class Filled:
    """An object, and the paths of the fields for which nothing was found."""

    result: dict[str, Any] = field(default_factory=dict)
    unfilled: list[str] = field(default_factory=list)


def fill(schema: Schema, facts: Sequence[Fact]) -> Filled:
    """Return an object made of `facts`, the newest first.

    A field gets the memories of the category it is named after, or the values under the metadata key of that
    name; one called `memories` gets all. Others become null or empty, as the schema allows, or are left out:
    whether the result matches the schema is for the caller to check.
    """
    filled = Filled()
    filled.result = _object(schema, schema.resolve(schema.root), facts, filled.unfilled, "")
    return filled


def about(name: str, facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts of the category `name`; all of them if it is called `memories` or the like."""
    wanted = _key(name)
    if wanted in EVERYTHING:
        return list(facts)
    return [fact for fact in facts if wanted in map(_key, fact.categories)]


def _object(
    schema: Schema, node: Mapping[str, Any], facts: Sequence[Fact], unfilled: list[str], path: str
) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, part in node.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        value = _value(schema, name, part, facts, unfilled, here)
        if value is NOTHING:
            unfilled.append(here)
            value = _empty(schema, part, required=name in node.get("required", []))
        if value is not NOTHING:
            result[name] = value
    return result


def _value(schema: Schema, name: str, part: Any, facts: Sequence[Fact], unfilled: list[str], path: str) -> Any:
    for variant in schema.variants(part):
        for candidate in _candidates(schema, name, variant, facts, unfilled, path):
            if candidate not in ([], {}, None, "") and schema.is_valid(candidate, part):
                return candidate
    return NOTHING


def _candidates(
    schema: Schema, name: str, node: Mapping[str, Any], facts: Sequence[Fact], unfilled: list[str], path: str
) -> Iterator[Any]:
    types = Schema.types(node)
    mine = about(name, facts)
    told = [value for fact in facts if (value := _metadata(fact, name)) is not NOTHING]
    yield from told
    if "array" in types:
        items = node.get("items", {})
        texts = [item for fact in mine if (item := _item(schema, items, fact)) is not NOTHING]
        spread = [item for value in told for item in (value if isinstance(value, list) else [value])]
        yield [item for item in _once([*spread, *texts]) if schema.is_valid(item, items)]
    if "string" in types and mine:
        yield "\n".join(fact.text for fact in mine)
    if "object" in types and path.count(".") < DEEPEST:
        deeper: list[str] = []
        inner = _object(schema, node, mine or facts, deeper, path)
        if len(deeper) < len(node.get("properties", {})):
            unfilled.extend(deeper)
            yield inner


def _item(schema: Schema, items: Any, fact: Fact) -> Any:
    """Return one fact as an element of a list: its text, or an object of what is known of it."""
    for variant in schema.variants(items):
        item = _record(schema, variant, fact) if "properties" in variant else fact.text
        if item is not NOTHING and schema.is_valid(item, items):
            return item
    return NOTHING


def _record(schema: Schema, node: Mapping[str, Any], fact: Fact) -> Any:
    """Return an object with the fact's text among its fields, or NOTHING if it has no field for that."""
    record: dict[str, Any] = {}
    for name, part in node["properties"].items():
        value = _known(fact, name)
        if value is NOTHING or not schema.is_valid(value, part):
            value = _empty(schema, part, required=name in node.get("required", []))
        if value is not NOTHING:
            record[name] = value
    return record if fact.text in record.values() else NOTHING


def _known(fact: Fact, name: str) -> Any:
    key = _key(name)
    if key in TEXT:
        return fact.text
    categories = list(fact.categories)
    known: dict[str, Any] = {
        "id": fact.id,
        "memory_id": fact.id,
        "category": categories if name.lower().endswith("ies") else next(iter(categories), None),
        "metadata": dict(fact.metadata),
        **dict.fromkeys(("created_at", "said_at", "timestamp", "date"), fact.said_at.isoformat()),
        **fact.names,
    }
    return known.get(key, _metadata(fact, name))


def _metadata(fact: Fact, name: str) -> Any:
    return next((value for key, value in fact.metadata.items() if _key(key) == _key(name)), NOTHING)


def _empty(schema: Schema, part: Any, *, required: bool) -> Any:
    """Return the default, or for a required field the emptiest value that is allowed; else NOTHING."""
    default = schema.resolve(part).get("default", NOTHING)
    choices = [default] if not required else [default, None, [], {}, ""]
    return next((value for value in choices if value is not NOTHING and schema.is_valid(value, part)), NOTHING)


def _once(values: list[Any]) -> list[Any]:
    return [value for i, value in enumerate(values) if value not in values[:i]]


def _key(name: str) -> str:
    """Return `name` as it is compared: `Hobbies`, `hobby` and `hobbies` are one."""
    words = re.sub(r"[\W_]+", "_", name.casefold()).strip("_")
    return re.sub(r"ies$", "y", words) if words.endswith("ies") else words.removesuffix("s")
