"""A caller's schema in the strict subset that models are held to, and their answers back in the caller's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memories.derivation.schema import Schema

# What the subset can't express is said in words instead.
SAID = (
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
    "uniqueItems",
)
SCALAR = {"anyOf": [{"type": name} for name in ("string", "number", "boolean", "null")]}


def strict(schema: Schema, node: Any = None) -> dict[str, Any]:
    """Return `node` of `schema`, or all of it, as the subset has it: every property required, none besides.

    What may be left out may be null instead, and an object of any keys becomes a list of keys and values.
    The caller adds `definitions` if the result is to stand alone.
    """
    given = schema.resolve(schema.root) if node is None else node
    if isinstance(given, Mapping) and "$ref" in given:
        return {"$ref": given["$ref"].replace("#/definitions/", "#/$defs/")}
    resolved = schema.resolve(given)
    if choices := resolved.get("anyOf") or resolved.get("oneOf"):
        return _described({"anyOf": [strict(schema, choice) for choice in choices]}, resolved)
    if "const" in resolved or "enum" in resolved:
        return _described({"enum": resolved.get("enum", [resolved.get("const")])}, resolved)
    shapes = [_of_type(schema, resolved, name) for name in sorted(Schema.types(resolved))]
    return _described(shapes[0] if len(shapes) == 1 else {"anyOf": shapes} if shapes else dict(SCALAR), resolved)


def definitions(schema: Schema) -> dict[str, Any]:
    """Return what the references in a strict schema point to."""
    found = {**schema.root.get("definitions", {}), **schema.root.get("$defs", {})}
    return {name: strict(schema, node) for name, node in found.items()}


def loosened(schema: Schema, value: Any, node: Any = None) -> Any:
    """Return an answer to `strict(schema, node)` as the caller's schema has it."""
    given = schema.root if node is None else node
    answers = [_loosened(schema, value, variant) for variant in schema.variants(given)]
    return next((answer for answer in answers if schema.is_valid(answer, given)), answers[0])


def _of_type(schema: Schema, node: Mapping[str, Any], name: str) -> dict[str, Any]:
    if name == "array":
        return {"type": "array", "items": strict(schema, node.get("items", {}))}
    if name != "object":
        return {"type": name}
    if _is_open(node):
        pair = {"key": {"type": "string"}, "value": strict(schema, _values(node))}
        return {"type": "array", "items": _object(pair)}
    required = node.get("required", [])
    return _object(
        {
            name: strict(schema, part) if name in required else _or_null(strict(schema, part))
            for name, part in node["properties"].items()
        }
    )


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _or_null(node: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [node, {"type": "null"}]}


def _is_open(node: Mapping[str, Any]) -> bool:
    return not node.get("properties")


def _values(node: Mapping[str, Any]) -> Any:
    return node.get("additionalProperties", {})


def _described(shape: dict[str, Any], node: Mapping[str, Any]) -> dict[str, Any]:
    limits = [f"{keyword}: {node[keyword]}" for keyword in SAID if keyword in node]
    words = [str(node.get("description") or node.get("title") or ""), f"({', '.join(limits)})" if limits else ""]
    text = " ".join(filter(None, words))
    return {**shape, "description": text} if text else shape


def _loosened(schema: Schema, value: Any, node: Mapping[str, Any]) -> Any:
    if isinstance(value, list) and "object" in Schema.types(node) and _is_open(node):
        pairs = [pair for pair in value if isinstance(pair, dict) and "key" in pair]
        return {pair["key"]: loosened(schema, pair.get("value"), _values(node)) for pair in pairs}
    if isinstance(value, list):
        return [loosened(schema, item, node.get("items", {})) for item in value]
    if not isinstance(value, dict) or _is_open(node):
        return value
    kept: dict[str, Any] = {}
    for name, part in node["properties"].items():
        if value.get(name) is None and name not in node.get("required", []) and not schema.is_valid(None, part):
            continue
        kept[name] = loosened(schema, value.get(name), part)
    return kept
