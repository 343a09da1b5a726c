"""An example of every answer, made of its own description, so that it can't say anything else than that does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from memories.api.schema.example_values import BY_COMPONENT, BY_FORMAT, BY_NAME, BY_TYPE, RARE

REF = "#/components/schemas/"
Schema = Mapping[str, Any]


def add_answer_examples(result: dict[str, Any]) -> None:
    """Give each answer that means success an example, where it has none of its own."""
    examples = Examples(result["components"]["schemas"])
    for path in result["paths"].values():
        for call in path.values():
            for status, answer in call["responses"].items():
                for media in answer.get("content", {}).values() if status.startswith("2") else ():
                    if "example" not in media and "examples" not in media:
                        media["example"] = examples.of(media["schema"])


class Examples:
    """Examples of the schemas of one description."""

    def __init__(self, components: Mapping[str, Schema]) -> None:
        self._components = components

    def of(self, schema: Schema, name: str = "", within: tuple[str, ...] = ()) -> Any:
        """Return an example of what is called `name`; `within` are the components that it is a part of."""
        if "example" in schema:
            return schema["example"]
        if ref := schema.get("$ref"):
            component = str(ref).removeprefix(REF)
            return self.of(self._components[component], name, (*within, component))
        if choices := schema.get("oneOf") or schema.get("anyOf") or schema.get("allOf"):
            return self._choice(choices, name, within)
        kinds = [schema["type"]] if isinstance(schema.get("type"), str) else list(schema.get("type", ()))
        if "object" in kinds and "properties" in schema:
            return self._object(schema, within)
        if "array" in kinds:
            return [self.of(schema["items"], name, within)]
        return _plain(schema, kinds, self._named(name, within))

    def _object(self, schema: Schema, within: tuple[str, ...]) -> dict[str, Any]:
        always = set(schema.get("required", ()))
        return {
            name: self.of(part, name, within)
            for name, part in schema["properties"].items()
            if name in always or not (name in RARE or self._is_inside_itself(part, within))
        }

    def _choice(self, choices: list[Schema], name: str, within: tuple[str, ...]) -> Any:
        """Return an example of the first alternative that is something."""
        something = [each for each in choices if not self._is_nothing(each)] or choices
        return self.of(something[0], name, within)

    def _is_nothing(self, schema: Schema) -> bool:
        if ref := schema.get("$ref"):
            return self._is_nothing(self._components[str(ref).removeprefix(REF)])
        return schema.get("type") == "null" or schema.get("enum") in ([""], [None])

    def _is_inside_itself(self, schema: Schema, within: tuple[str, ...]) -> bool:
        return str(schema.get("$ref", "")).removeprefix(REF) in within

    def _named(self, name: str, within: tuple[str, ...]) -> Any:
        for component in reversed(within):
            if name in BY_COMPONENT.get(component, {}):
                return BY_COMPONENT[component][name]
        return BY_NAME.get(name)


def _plain(schema: Schema, kinds: list[str], known: Any) -> Any:
    """Return the known value if it is of a kind that fits, else one by the schema's format or kind."""
    if options := schema.get("enum"):
        return known if known in options else options[0]
    if not kinds or (known is not None and any(_is(known, kind) for kind in kinds)):
        return BY_FORMAT.get(schema.get("format", ""), known)
    if "null" in kinds:
        return None
    if schema.get("format") in BY_FORMAT:
        return BY_FORMAT[schema["format"]]
    return BY_TYPE[kinds[0]]


def _is(value: Any, kind: str) -> bool:
    """Tell whether a value is of one of JSON Schema's types."""
    types: dict[str, Any] = {"string": str, "integer": int, "number": int | float, "object": dict}
    if isinstance(value, bool):
        return kind == "boolean"
    return kind in types and isinstance(value, types[kind])
