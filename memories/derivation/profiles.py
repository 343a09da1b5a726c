"""A profile of one person: lines under the fields of a schema, each with the memories it rests on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from memories.derivation.facts import Fact
from memories.derivation.filling import about
from memories.derivation.profile_lines import Line, Written, is_list, line_schema
from memories.derivation.profile_model import PROMPT_VERSION, by_model
from memories.derivation.schema import InvalidSchema, Schema
from providers.base import ChatModel

WITHOUT_MODEL = "categories"


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


def basis_of(schema: Schema, instructions: str, chat: ChatModel | None) -> str:
    """Return a name for what a profile is made by: only to lines made by the same can others be added.

    Empty without a language model, for a rule reads everything anew at no cost.
    """
    if chat is None:
        return ""
    made_by = json.dumps([schema.root, instructions.strip(), chat.name, PROMPT_VERSION], sort_keys=True)
    return hashlib.sha256(made_by.encode()).hexdigest()


def write_profile(
    schema: Schema,
    facts: Sequence[Fact],
    *,
    standing: Sequence[Line] = (),
    instructions: str = "",
    chat: ChatModel | None,
) -> Written:
    """Return the lines that `facts`, newest first, support; by a language model if there is one.

    `standing` are the lines of the profile as it was that still hold, if it was made by the same model: `facts` are
    then those that it hasn't read yet. Raises ProviderError if the model fails.
    """
    return _by_rule(schema, facts) if chat is None else by_model(schema, facts, standing, instructions, chat)


def _by_rule(schema: Schema, facts: Sequence[Fact]) -> Written:
    """Put each statement under the fields named after its categories."""
    lines: list[Line] = []
    for field, part in schema.properties.items():
        in_list = is_list(schema, part)
        fitting = [fact for fact in about(field, facts) if schema.is_valid(fact.text, line_schema(schema, part))]
        lines.extend(Line(field, fact.text, (fact.id,), in_list) for fact in (fitting if in_list else fitting[:1]))
    filled = {line.field for line in lines}
    notes = ["Made without a language model: statements as they were said, by category."]
    if empty := [field for field in schema.properties if field not in filled]:
        notes.append(f"No memory has the category of: {', '.join(empty)}.")
    return Written(lines, WITHOUT_MODEL, notes)
