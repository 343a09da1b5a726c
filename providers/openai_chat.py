"""A chat model behind OpenAI's wire protocol, which most vendors and local servers speak.

Protocol: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import json
import logging
from typing import Any, Literal

import openai
from openai.types.chat import ChatCompletion

from providers.base import Completion
from providers.errors import ProviderError, ProviderInvalidOutput
from providers.json_output import parse_json
from providers.openai_client import answer_text, check_body, connect, tokens_of, translated

logger = logging.getLogger(__name__)

Mode = Literal["json_schema", "json_object", "prompt"]
# From the strictest down: the server enforces the schema, enforces JSON, or enforces nothing.
MODES: tuple[Mode, ...] = ("json_schema", "json_object", "prompt")
# How servers name what they do not know: OpenAI, Groq, DeepSeek, vLLM, LM Studio, llama.cpp, TGI.
ABOUT_FORMAT = ("response_format", "response format", "json_schema", "json_object", "json mode", "structured output")
IN_PROMPT = "Answer with one JSON object and nothing else. It must match this JSON Schema:"


class OpenAIChat:
    """Asks a server for JSON by the strictest means it knows, found at the first calls and remembered.

    `timeout` is in seconds; `max_completion_tokens` is sent only when given, for not every server knows it;
    `api_version` makes it speak as Azure does.
    """

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str | None = None,
        timeout: float = 60.0,
        max_completion_tokens: int | None = None,
        api_version: str | None = None,
    ) -> None:
        self.name = model
        self._client = connect(base_url=base_url, api_key=api_key, timeout=timeout, api_version=api_version)
        self._max_completion_tokens = max_completion_tokens
        self._weakest = 0  # index into MODES of the first one not known to fail

    def complete_json(self, *, system: str, user: str, schema: dict[str, Any], schema_name: str) -> Completion:
        """Return an answer that matches `schema`; see ChatModel. Raises ProviderError."""
        with translated(self._client, self.name):
            answer, mode = self._ask(system, user, schema, schema_name)
        check_body(answer, self._client, self.name)
        tokens = tokens_of(answer)
        try:
            content = self._content(answer, schema, mode)
        except ProviderError as error:
            error.tokens = tokens
            raise
        return Completion(content, answer.model or self.name, *tokens)

    def _content(self, answer: ChatCompletion, schema: dict[str, Any], mode: int) -> dict[str, Any]:
        text = answer_text(answer, self.name)
        try:
            return parse_json(text, schema)
        except ProviderInvalidOutput:
            # A server that enforced the schema could not have said this: it takes the field and ignores it.
            # So the next try writes the schema into the prompt.
            if MODES[mode] == "json_schema":
                self._go_down_from(mode)
            raise

    def _ask(self, system: str, user: str, schema: dict[str, Any], schema_name: str) -> tuple[ChatCompletion, int]:
        """Return the first answer to a mode that the server accepts, and the mode's index."""
        for mode in range(self._weakest, len(MODES)):
            request = self._request(MODES[mode], system, user, schema, schema_name)
            try:
                answer: ChatCompletion = self._client.chat.completions.create(**request)
            except (openai.BadRequestError, openai.NotFoundError, openai.UnprocessableEntityError) as error:
                if mode == len(MODES) - 1 or not _is_about_format(error):
                    raise
                continue
            if mode > self._weakest:
                self._go_down_from(mode - 1)
            return answer, mode
        raise AssertionError("the last mode either answers or raises")

    def _request(self, mode: Mode, system: str, user: str, schema: dict[str, Any], schema_name: str) -> dict[str, Any]:
        request: dict[str, Any] = {"model": self.name}
        if mode == "json_schema":
            named = {"name": schema_name, "schema": schema, "strict": True}
            request["response_format"] = {"type": "json_schema", "json_schema": named}
        else:
            system = f"{system}\n\n{IN_PROMPT}\n{json.dumps(schema, ensure_ascii=False)}"
        if mode == "json_object":
            request["response_format"] = {"type": "json_object"}
        if self._max_completion_tokens is not None:
            request["max_completion_tokens"] = self._max_completion_tokens
        request["messages"] = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        return request

    def _go_down_from(self, mode: int) -> None:
        """Start with the next weaker mode from now on. Threads may race here; none can go back up."""
        self._weakest = max(self._weakest, mode + 1)
        logger.warning("%s does not keep to %s; asking by %s", self.name, MODES[mode], MODES[self._weakest])


def _is_about_format(error: openai.APIStatusError) -> bool:
    """Tell whether the server complains about `response_format` rather than about the model or the text."""
    said = f"{error.message} {error.body}".lower()
    return any(word in said for word in ABOUT_FORMAT)
