"""Strangers' schemas: what is taken, what is refused, and what models are asked for in their place."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from memories.derivation.schema import InvalidSchema, Schema
from memories.derivation.strict import definitions, loosened, strict
from tests.derivation.examples import PROFESSIONAL

OBJECT: dict[str, Any] = {"type": "object", "properties": {}}


def of(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    "given", [PROFESSIONAL, json.dumps(PROFESSIONAL), {"$ref": "#/$defs/A", "$defs": {"A": OBJECT}}]
)
def test_schemas_of_objects_are_taken_also_as_strings(given: Any) -> None:
    assert Schema(given).violation({}) == ""


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ("{not json", "not JSON"),
        ([1], "a JSON object"),
        ({"type": "array"}, "that of an object"),
        ({}, "that of an object"),
        (of(a={"type": "text"}), "no JSON Schema"),
        (of(a={"$ref": "http://example.com/x.json"}), "leads to nothing under"),
        (of(a={"$ref": "#/$defs/Missing"}), "leads to nothing under"),
        (of(a={"type": "object", "patternProperties": {"(a+)+$": {}}}), "patternProperties"),
        ({**of(a={"$ref": "#/$defs/A"}), "$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}]}}}, "without end"),
        (of(a={"description": "x" * 50_000}), "may have 40000 characters"),
        (of(a={"maximum": float("inf")}), "number"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(given: Any, complaint: str) -> None:
    with pytest.raises(InvalidSchema, match=complaint):
        Schema(given)


def test_nesting_without_end_is_refused() -> None:
    deep: dict[str, Any] = {"type": "string"}
    for _ in range(2000):
        deep = {"type": "array", "items": deep}
    with pytest.raises(InvalidSchema, match="levels deep"):
        Schema(of(a=deep))


def test_a_pattern_cannot_keep_python_busy() -> None:
    dialect = {"$schema": "http://json-schema.org/draft-07/schema#"}
    schema = Schema({**dialect, **of(a={**dialect, "pattern": "^(a+)+$"})})
    started = time.monotonic()
    assert schema.violation({"a": "a" * 40 + "!"}) == ""
    assert schema.is_valid("a" * 40 + "!", schema.properties["a"])
    assert time.monotonic() - started < 1


def test_a_violation_names_the_place_and_quotes_nothing() -> None:
    violation = Schema(of(age={"type": "integer"})).violation({"age": "a secret"})
    assert violation == "$.age (type)"


def all_objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in all_objects(item)]
    if not isinstance(node, dict):
        return []
    inside = [found for value in node.values() for found in all_objects(value)]
    return [node, *inside] if node.get("type") == "object" else inside


RICH = {
    "$defs": {"Pet": of(name={"type": "string"}, mother={"anyOf": [{"$ref": "#/$defs/Pet"}, {"type": "null"}]})},
    **of(
        pets={"type": "array", "items": {"$ref": "#/$defs/Pet"}},
        scores={"type": "object", "additionalProperties": {"type": "integer"}},
        home={"allOf": [{"$ref": "#/$defs/Pet"}], "description": "Where"},
        kind={"const": "person"},
        nick={"type": ["string", "null"], "maxLength": 5},
        anything={},
    ),
    "required": ["pets"],
}


def test_models_are_asked_in_the_strict_subset() -> None:
    schema = Schema(RICH)
    asked = {**strict(schema), "$defs": definitions(schema)}
    for node in all_objects(asked):
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])
    assert "maxLength: 5" in json.dumps(asked), "what the subset can't say is said in words"
    assert '"default"' not in json.dumps(asked)


def test_answers_come_back_in_the_callers_shape() -> None:
    schema = Schema(RICH)
    answer = {
        "pets": [{"name": "Rex", "mother": {"name": None, "mother": None}}],
        "scores": [{"key": "chess", "value": 7}],
        "home": None,
        "kind": "person",
        "nick": None,
        "anything": "x",
    }
    assert loosened(schema, answer) == {
        "pets": [{"name": "Rex", "mother": {"mother": None}}],
        "scores": {"chess": 7},
        "kind": "person",
        "nick": None,
        "anything": "x",
    }
    assert schema.violation(loosened(schema, answer)) == ""
