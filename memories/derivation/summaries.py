"""What memories say, in short."""

from __future__ import annotations

from collections.abc import Sequence

from memories.derivation.facts import AS_DATA, Fact, as_data, portions
from providers.base import ChatModel
from providers.metering import prompted

PROMPT_VERSION = "2026-11-1"
_SYSTEM = f"""\
You summarize memories about people in a few short paragraphs: who they are first, then what matters lately.

{AS_DATA}
Say only what the memories say. Where they contradict each other, the one said last holds. Write in the language that \
most of the memories are in.
"""
_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["summary"],
    "properties": {"summary": {"type": "string"}},
}


def summarize(facts: Sequence[Fact], *, chat: ChatModel) -> tuple[str, int]:
    """Return a summary of as many of `facts`, newest first, as one call carries, and how many those are.

    Raises ProviderError.
    """
    read = next(iter(portions(facts)), [])
    with prompted("summary", PROMPT_VERSION):
        answer = chat.complete_json(system=_SYSTEM, user=as_data(read), schema=_SCHEMA, schema_name="summary")
    return str(answer.content["summary"]), len(read)
