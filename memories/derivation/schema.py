"""JSON Schemas that callers write, pydantic's above all: read without trusting them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
from jsonschema.exceptions import SchemaError, best_match

LONGEST = 40_000
DEEPEST = 30
LOCAL = ("#/$defs/", "#/definitions/")


class InvalidSchema(ValueError):
    """The schema can't be used; the message says why."""


def _unchecked(*_arguments: Any) -> Iterator[Any]:
    return iter(())


# A stranger's regular expression can keep Python busy for years, so patterns are hints for the model only.
_Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": _unchecked})


class Schema:
    """A JSON Schema of an object, which refers to nothing outside itself.

    Made from decoded JSON, or from JSON in a string, as mem0's Python client takes it. Raises InvalidSchema.
    """

    def __init__(self, given: Any) -> None:
        self.root: dict[str, Any] = _checked(given)
        self._validator = _Validator(self.root)
        self._refuse_circles()
        if "object" not in self.types(self.resolve(self.root)):
            raise InvalidSchema('The schema must be that of an object: {"type": "object", "properties": {…}}.')

    @property
    def properties(self) -> dict[str, Any]:
        """Return the fields of the object and their schemas."""
        return dict(self.resolve(self.root).get("properties", {}))

    def resolve(self, node: Any) -> dict[str, Any]:
        """Return `node` with its reference followed and its parts under `allOf` merged; {} stands for anything."""
        if not isinstance(node, Mapping):
            return {}
        merged = {key: value for key, value in node.items() if key not in ("$ref", "allOf")}
        parts = [self._target(node["$ref"])] if "$ref" in node else []
        for part in [*parts, *node.get("allOf", [])]:
            for key, value in self.resolve(part).items():
                if key == "properties":
                    merged[key] = {**value, **merged.get(key, {})}
                elif key == "required":
                    merged[key] = [*value, *merged.get(key, [])]
                else:
                    merged.setdefault(key, value)
        return merged

    def variants(self, node: Any) -> list[dict[str, Any]]:
        """Return the schemas of which a value may match any one."""
        resolved = self.resolve(node)
        choices = resolved.get("anyOf") or resolved.get("oneOf")
        if not choices:
            return [resolved]
        return [variant for choice in choices for variant in self.variants(choice)]

    @staticmethod
    def types(node: Mapping[str, Any]) -> set[str]:
        """Return the types that a resolved schema without choices allows; empty means any."""
        if (types := node.get("type")) is not None:
            return {types} if isinstance(types, str) else set(types)
        if "properties" in node:
            return {"object"}
        return {"array"} if "items" in node else set()

    def is_valid(self, value: Any, node: Any) -> bool:
        """Tell whether `value` matches `node`, a part of this schema."""
        return bool(self._validator.evolve(schema=node).is_valid(value))

    def violation(self, value: Any) -> str:
        """Return where `value` breaks the schema, or "". It quotes nothing, for the value is somebody's memory."""
        error = best_match(self._validator.iter_errors(value))
        return f"{error.json_path} ({error.validator})" if error else ""

    def _refuse_circles(self) -> None:
        groups = (self.root.get("$defs", {}), self.root.get("definitions", {}))
        try:
            for node in (self.root, *(node for group in groups for node in group.values())):
                self.variants(node)
        except RecursionError as error:
            raise InvalidSchema("The schema refers to itself without end.") from error

    def _target(self, reference: str) -> Any:
        if reference == "#":
            return self.root
        _hash, group, name = reference.split("/")
        return self.root[group][name]


def _checked(given: Any) -> dict[str, Any]:
    try:
        schema = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError) as error:
        raise InvalidSchema("The schema is not JSON.") from error
    if not isinstance(schema, dict):
        raise InvalidSchema("The schema is a JSON object.")
    schema = dict(_inspected(schema, 0))
    try:
        length = len(json.dumps(schema, allow_nan=False))
    except ValueError as error:
        raise InvalidSchema("The schema holds a number that JSON has no word for.") from error
    if length > LONGEST:
        raise InvalidSchema(f"The schema may have {LONGEST} characters; it has {length}.")
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise InvalidSchema(f"This is no JSON Schema: {error.message[:300]} (at {error.json_path}).") from error
    for reference in _references(schema):
        _check_reference(reference, schema)
    return schema


def _inspected(node: Any, depth: int) -> Any:
    """Return a copy without names for dialect and document: one brings back another validator, the other moves `#`."""
    if depth > DEEPEST * 2:
        raise InvalidSchema(f"The schema may be nested {DEEPEST} levels deep.")
    if isinstance(node, list):
        return [_inspected(item, depth + 1) for item in node]
    if not isinstance(node, dict):
        return node
    if unusable := sorted({"patternProperties", "$dynamicRef"} & node.keys()):
        raise InvalidSchema(f"Schemas with {unusable[0]} can't be used here.")
    return {
        key: _inspected(value, depth + 1)
        for key, value in node.items()
        if not (key in ("$schema", "$id") and isinstance(value, str))
    }


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _references(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref" and isinstance(value, str):
                yield value
            yield from _references(value)


def _check_reference(reference: str, schema: dict[str, Any]) -> None:
    """Refuse what leads outside or nowhere."""
    group, _slash, name = reference.removeprefix("#/").partition("/")
    if reference != "#" and not (reference.startswith(LOCAL) and name in schema.get(group, {})):
        raise InvalidSchema(f"The reference {reference!r} leads to nothing under $defs in this schema.")
