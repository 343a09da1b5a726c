"""A profile of one person: lines under the fields of a schema, each with the memories it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memories.derivation.facts import AS_DATA, Fact, as_data, portions, with_wishes
from memories.derivation.filling import about
from memories.derivation.schema import InvalidSchema, Schema
from memories.derivation.strict import definitions, loosened, strict
from providers.base import ChatModel
from providers.metering import prompted

PROMPT_VERSION = "2026-11-1"
WITHOUT_MODEL = "categories"
_SYSTEM = f"""\
You write the profile of one person from memories about that person. The answer's schema says what belongs in each \
field; a field is a list of lines.

{AS_DATA}
Rules:
1. Every line rests on memories. "memories" holds their numbers; a line without them is thrown away.
2. Never add or guess. A field of which the memories say nothing is an empty list.
3. Where memories contradict each other, the one said last holds, and the older is left out.
4. Prefer what lasts to what passes. Write in the language of the memories.
"""


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


def profile_schema(given: Any) -> Schema:
    """Return the schema of a profile; raise InvalidSchema. Its fields are described: that is what fills them."""
    schema = Schema(given)
    if not schema.properties:
        raise InvalidSchema("The schema of a profile has properties: each is a field of the profile.")
    if bare := [name for name, part in schema.properties.items() if not schema.resolve(part).get("description")]:
        raise InvalidSchema(f"Every property of a profile needs a description; these have none: {', '.join(bare)}.")
    return schema


def default_schema(categories: Mapping[str, str]) -> Schema:
    """Return the schema of a profile with a list of statements for each category."""
    statements = {"type": "array", "items": {"type": "string"}}
    properties = {name: {**statements, "description": description} for name, description in categories.items()}
    return Schema({"type": "object", "properties": properties})


def write_profile(schema: Schema, facts: Sequence[Fact], *, instructions: str = "", chat: ChatModel | None) -> Written:
    """Return the lines that `facts`, newest first, support; by a language model if there is one.

    Raises ProviderError if the model fails.
    """
    return _by_rule(schema, facts) if chat is None else _by_model(schema, facts, instructions, chat)


def _by_rule(schema: Schema, facts: Sequence[Fact]) -> Written:
    """Put each statement under the fields named after its categories."""
    lines: list[Line] = []
    for field, part in schema.properties.items():
        in_list = _is_list(schema, part)
        fitting = [fact for fact in about(field, facts) if schema.is_valid(fact.text, _line_schema(schema, part))]
        lines.extend(Line(field, fact.text, (fact.id,), in_list) for fact in (fitting if in_list else fitting[:1]))
    filled = {line.field for line in lines}
    notes = ["Made without a language model: statements as they were said, by category."]
    if empty := [field for field in schema.properties if field not in filled]:
        notes.append(f"No memory has the category of: {', '.join(empty)}.")
    return Written(lines, WITHOUT_MODEL, notes)


def _by_model(schema: Schema, facts: Sequence[Fact], instructions: str, chat: ChatModel) -> Written:
    read = next(iter(portions(facts)), [])
    with prompted("profile", PROMPT_VERSION):
        answer = chat.complete_json(
            system=with_wishes(_SYSTEM, instructions),
            user=as_data(read),
            schema=_answer_schema(schema),
            schema_name="profile",
        ).content
    lines: list[Line] = []
    dropped = 0
    for field, part in schema.properties.items():
        offered = [_line(schema, field, part, line, read) for line in answer[field]]
        kept = [line for line in offered if line is not None]
        dropped += len(offered) - len(kept)
        lines.extend(kept if _is_list(schema, part) else kept[:1])
    notes = [] if len(read) == len(facts) else [f"Made from the newest {len(read)} of {len(facts)} memories."]
    if dropped:
        notes.append(f"{dropped} lines were left out: they cite no memory, or break the schema.")
    return Written(lines, chat.name, notes)


def _line(schema: Schema, field: str, part: Any, line: Mapping[str, Any], read: Sequence[Fact]) -> Line | None:
    """Return what the model offers, or None if it rests on nothing or doesn't fit the field."""
    wanted = _line_schema(schema, part)
    cited = tuple(dict.fromkeys(read[n].id for n in line["memories"] if 0 <= n < len(read)))
    value = loosened(schema, line["value"], wanted)
    if not cited or value in (None, "") or not schema.is_valid(value, wanted):
        return None
    return Line(field, value, cited, _is_list(schema, part))


def _is_list(schema: Schema, part: Any) -> bool:
    return any("array" in Schema.types(variant) for variant in schema.variants(part))


def _line_schema(schema: Schema, part: Any) -> Any:
    """Return the schema of one line: of an item if the field is a list, of the field itself if it isn't."""
    lists = [variant for variant in schema.variants(part) if "array" in Schema.types(variant)]
    return lists[0].get("items", {}) if lists else part


def _answer_schema(schema: Schema) -> dict[str, Any]:
    fields = {
        field: {
            "type": "array",
            "description": str(schema.resolve(part).get("description", "")),
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["value", "memories"],
                "properties": {
                    "value": strict(schema, _line_schema(schema, part)),
                    "memories": {"type": "array", "items": {"type": "integer"}},
                },
            },
        }
        for field, part in schema.properties.items()
    }
    return {
        "type": "object",
        "additionalProperties": False,
        "required": list(fields),
        "properties": fields,
        "$defs": definitions(schema),
    }
