"""The extractor that asks a language model, and believes only what the conversation supports."""

from __future__ import annotations

import jsonschema

from memories.extraction.prompt import PROMPT_VERSION, SCHEMA, SCHEMA_NAME, system_prompt, user_prompt
from memories.extraction.types import Extraction, ExtractionRequest, Usage
from memories.extraction.validation import validate
from providers.base import ChatModel
from providers.errors import ProviderInvalidOutput
from providers.metering import prompted

_SCHEMA = jsonschema.Draft202012Validator(SCHEMA)


class LLMExtractor:
    """Reads a whole request in one call to `chat`. Its name tells the model and the prompt's version."""

    def __init__(self, chat: ChatModel, *, name: str = "") -> None:
        self.chat = chat
        self.name = name or f"{chat.name} prompt {PROMPT_VERSION}"

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Return what the model found and what of it was refused; raise ProviderError if the model fails."""
        if not any(turn.role == "user" and turn.text.strip() for turn in request.turns):
            return Extraction()
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
