"""Anthropic's Messages API, over plain HTTP, and its errors in our words.

Protocol: https://docs.anthropic.com/en/api/messages. Their endpoint that is compatible with OpenAI's ignores
`response_format`; here a tool's schema holds the model to the shape of its answer.
"""

from __future__ import annotations

from typing import Any

from providers import errors
from providers.json_http import JSONServer

ANTHROPIC_URL = "https://api.anthropic.com/v1"
VERSION = "2023-06-01"
CUT_SHORT = ("max_tokens", "model_context_window_exceeded")


class Messages:
    """One model behind the API, for all threads. It does not retry: the job does."""

    def __init__(self, *, model: str, api_key: str, base_url: str | None, timeout: float, max_tokens: int) -> None:
        base_url = (base_url or ANTHROPIC_URL).rstrip("/")
        self.model = model
        self._max_tokens = max_tokens
        headers = {"x-api-key": api_key, "anthropic-version": VERSION}
        self._server = JSONServer(
            f"{base_url}/messages", model=model, api_key=api_key, headers=headers, timeout=timeout
        )

    def create(self, *, system: str, content: str | list[dict[str, Any]], **more: Any) -> Message:
        """Return the model's whole answer to one message of a user. Raises ProviderError."""
        request = {
            "model": self.model,
            "max_tokens": self._max_tokens,
            "system": system,
            "messages": [{"role": "user", "content": content}],
            **more,
        }
        message = Message(self._post(request), self.model)
        if message.stop_reason == "refusal":
            raise message.failed(errors.ProviderRefused(f"{self.model} refused. Use another model for it."))
        if message.stop_reason in CUT_SHORT:
            raise message.failed(
                errors.ProviderInvalidOutput(f"The answer of {self.model} was cut short. Raise its max_tokens.")
            )
        return message

    def _post(self, request: dict[str, Any]) -> dict[str, Any]:
        body = self._server.post(request)
        if not isinstance(body, dict):
            raise errors.ProviderInvalidOutput(
                f"{self._server.where} answered with something other than JSON objects."
            )
        return body


class Message:
    """What came back. Servers that only resemble Anthropic's may leave anything out."""

    def __init__(self, body: dict[str, Any], model: str) -> None:
        content, usage = body.get("content"), body.get("usage") or {}
        if not isinstance(content, list) or not content:
            raise errors.ProviderInvalidOutput(f"{model} answered without a message. Check that it is a chat model.")
        self.blocks: list[dict[str, Any]] = [block for block in content if isinstance(block, dict)]
        self.model = str(body.get("model") or model)
        self.stop_reason = body.get("stop_reason")
        cached = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        self.tokens = (sum(usage.get(name) or 0 for name in cached), usage.get("output_tokens") or 0)

    def failed(self, error: errors.ProviderError) -> errors.ProviderError:
        """Return `error` with what the answer cost."""
        error.tokens = self.tokens
        return error

    def text(self) -> str:
        """Return the words of the answer."""
        return "".join(str(block.get("text", "")) for block in self.blocks if block.get("type") == "text")

    def tool_input(self) -> Any:
        """Return what the model gave the tool, None if it called none."""
        return next((block.get("input") for block in self.blocks if block.get("type") == "tool_use"), None)
