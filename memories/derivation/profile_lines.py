"""The lines of a profile, and what the schema says of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from memories.derivation.schema import Schema


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that the profile says under `field`, and the ids of the memories that say it.

    `in_list` tells whether the field is a list, of which this is one item, or has this one value.
    """

    field: str
    value: Any
    memory_ids: tuple[str, ...]
    in_list: bool


@dataclass(frozen=True, slots=True)
class Written:
    """The lines of a profile in order, by what they were written, and what the reader should know."""

    lines: list[Line]
    maker: str
    notes: list[str]


def is_list(schema: Schema, part: Any) -> bool:
    """Tell whether a field of the profile may hold several lines."""
    return any("array" in Schema.types(variant) for variant in schema.variants(part))


def line_schema(schema: Schema, part: Any) -> Any:
    """Return the schema of one line: of an item if the field is a list, of the field itself if it isn't."""
    lists = [variant for variant in schema.variants(part) if "array" in Schema.types(variant)]
    return lists[0].get("items", {}) if lists else part
