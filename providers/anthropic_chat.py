"""A chat model behind Anthropic's own protocol, held to a shape by a tool that it must call.

Protocol: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview
"""

from __future__ import annotations

import json
from typing import Any

from providers.anthropic_client import Messages
from providers.base import Completion
from providers.errors import ProviderInvalidOutput
from providers.json_output import parse_json

ANSWER = "Gives the answer. Call it once, with all of it."


class AnthropicChat:
    """Asks for JSON as the input of a tool. `timeout` is in seconds; `max_tokens` is the longest answer."""

    def __init__(
        self,
        *,
        model: str,
        api_key: str,
        base_url: str | None = None,
        timeout: float = 60.0,
        max_tokens: int = 8192,
    ) -> None:
        self.name = model
        self._messages = Messages(
            model=model, api_key=api_key, base_url=base_url, timeout=timeout, max_tokens=max_tokens
        )

    def complete_json(self, *, system: str, user: str, schema: dict[str, Any], schema_name: str) -> Completion:
        """Return an answer that matches `schema`; see ChatModel. Raises ProviderError."""
        message = self._messages.create(
            system=system,
            content=user,
            tools=[{"name": schema_name, "description": ANSWER, "input_schema": schema}],
            tool_choice={"type": "tool", "name": schema_name, "disable_parallel_tool_use": True},
        )
        given = message.tool_input()
        # A server that only resembles Anthropic's may write what it was to give the tool.
        written = message.text() if given is None else json.dumps(given, ensure_ascii=False)
        try:
            content = parse_json(written, schema)
        except ProviderInvalidOutput as error:
            raise message.failed(error) from None
        return Completion(content, message.model, *message.tokens)
