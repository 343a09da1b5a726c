"""An object of a caller's own shape, made from memories."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from memories.derivation.facts import AS_DATA, Fact, as_data, portions, with_wishes
from memories.derivation.filling import fill
from memories.derivation.schema import Schema
from memories.derivation.strict import definitions, loosened, strict
from providers.base import ChatModel
from providers.errors import ProviderInvalidOutput
from providers.metering import prompted

PROMPT_VERSION = "2026-11-1"
WITHOUT_MODEL = "categories and metadata"
MOST_CALLS = 20
_SYSTEM = f"""\
You fill in an object from memories about people. The answer's schema says what belongs in each field.

{AS_DATA}
Rules:
1. Every value rests on what the memories say. Never add or guess: what they don't say is null or empty.
2. Where memories contradict each other, the one said last holds.
3. Write in the language of the memories. Never translate.
4. If the object was begun from other memories, keep what is there, add to it and correct it.
"""


class Unfillable(Exception):
    """What is known without a model can't fill the schema; the message says which part and what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """An object that matches its schema, by what it was made, and what the reader should know of it."""

    result: dict[str, Any]
    maker: str
    notes: list[str] = field(default_factory=list)
    used: int = 0


def make_export(schema: Schema, facts: Sequence[Fact], *, instructions: str = "", chat: ChatModel | None) -> Made:
    """Return `facts`, newest first, in the shape of `schema`, by a language model if there is one.

    Raises ProviderError if the model fails, Unfillable if without one the schema can't be kept to.
    """
    if chat is None:
        return _by_rule(schema, facts)
    return _by_model(schema, facts, instructions, chat)


def _by_rule(schema: Schema, facts: Sequence[Fact]) -> Made:
    filled = fill(schema, facts)
    unfilled = f"Not filled: {', '.join(filled.unfilled)}."
    if violation := schema.violation(filled.result):
        raise Unfillable(
            "No language model is configured, and without one only fields named after a category or a metadata key "
            f"can be filled; so the schema isn't met at {violation}. {unfilled if filled.unfilled else ''} Let these "
            "fields be null or left out, or configure a language model."
        )
    notes = ["Made without a language model: fields hold memories of the category or metadata of their name."]
    if filled.unfilled:
        notes.append(unfilled)
    return Made(filled.result, WITHOUT_MODEL, notes, used=len(facts))


def _by_model(schema: Schema, facts: Sequence[Fact], instructions: str, chat: ChatModel) -> Made:
    """Ask portion by portion, oldest first, each time with what has been filled in so far."""
    read = portions(facts)[:MOST_CALLS] or [[]]
    used = sum(map(len, read))
    wanted = {**strict(schema), "$defs": definitions(schema)}
    system = with_wishes(_SYSTEM, instructions)
    answer: dict[str, Any] = {}
    for portion in reversed(read):
        parts = [as_data(portion)]
        if answer:
            # Made from memories, so it is data too.
            begun = json.dumps(answer, ensure_ascii=False).replace("<", "\\u003c")
            parts.append(f"<begun>\n{begun}\n</begun>")
        with prompted("export", PROMPT_VERSION):
            completion = chat.complete_json(system=system, user="\n".join(parts), schema=wanted, schema_name="export")
        answer = completion.content
    result = loosened(schema, answer)
    if violation := schema.violation(result):
        raise ProviderInvalidOutput(f"{chat.name} broke the export's schema at {violation}.")
    notes = [] if used == len(facts) else [f"Made from the newest {used} of {len(facts)} memories: more don't fit."]
    return Made(result, chat.name, notes, used=used)
