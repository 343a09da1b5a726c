"""The extractor that asks a language model, and believes only what the conversation supports."""

from __future__ import annotations

from dataclasses import replace

import jsonschema

from memories.extraction.batches import batches
from memories.extraction.prompt import PROMPT_VERSION, SCHEMA, SCHEMA_NAME, system_prompt, user_prompt
from memories.extraction.types import Extraction, ExtractionRequest, Known, Refusal, Statement, Usage
from memories.extraction.validation import validate
from providers.base import ChatModel
from providers.errors import ProviderInvalidOutput
from providers.metering import prompted

# The tokens of conversation per call, unless settings.EXTRACTION_TOKENS says otherwise.
TOKENS = 6000
# How many of the statements found so far a later part of a conversation is told.
FOUND = 20

_SCHEMA = jsonschema.Draft202012Validator(SCHEMA)


class LLMExtractor:
    """Reads a request in one call to `chat`, or in several if its turns take more than `tokens`.

    Its name tells the model and the prompt's version.
    """

    prompt_version = PROMPT_VERSION
    compares = True

    def __init__(self, chat: ChatModel, *, name: str = "", tokens: int = TOKENS) -> None:
        self.chat = chat
        self.name = name or f"{chat.name} prompt {PROMPT_VERSION}"
        self._tokens = tokens

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Return what the model found and what of it was refused; raise ProviderError if the model fails."""
        statements: list[Statement] = []
        refusals: list[Refusal] = []
        usage = Usage()
        for part in batches(request, self._tokens):
            if any(turn.role == "user" and turn.text.strip() for turn in part.turns):
                found = self._read(_with_found(part, statements))
                numbered = enumerate(found.statements, start=len(statements) + 1)
                statements += [replace(statement, ref=f"S{number}") for number, statement in numbered]
                refusals += found.refusals
                usage += found.usage
        return Extraction(statements=tuple(statements), refusals=tuple(refusals), usage=usage)

    def _read(self, request: ExtractionRequest) -> Extraction:
        system = system_prompt(request)
        with prompted("extraction", str(PROMPT_VERSION)):
            completion = self.chat.complete_json(
                system=system, user=user_prompt(request), schema=SCHEMA, schema_name=SCHEMA_NAME
            )
        violation = next(_SCHEMA.iter_errors(completion.content), None)
        if violation:
            raise ProviderInvalidOutput(f"{self.chat.name} broke the schema at {violation.json_path}.")
        statements, refusals = validate(completion.content["statements"], request, system)
        usage = Usage(completion.model, completion.input_tokens, completion.output_tokens)
        return Extraction(statements=statements, refusals=refusals, usage=usage)


def _with_found(part: ExtractionRequest, statements: list[Statement]) -> ExtractionRequest:
    """Return the part, told also what earlier parts of the same conversation have said."""
    found = [Known(statement.ref, statement.text) for statement in statements[-FOUND:]]
    return replace(part, known=[*part.known, *found])
