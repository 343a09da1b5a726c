"""Anthropic's Messages API, over plain HTTP, and its errors in our words.

Protocol: https://docs.anthropic.com/en/api/messages. Their endpoint that is compatible with OpenAI's ignores
`response_format`; here a tool's schema holds the model to the shape of its answer.
"""

from __future__ import annotations

from typing import Any

import httpx2

from providers import errors
from providers.wire_errors import error_for, error_in, words_of

ANTHROPIC_URL = "https://api.anthropic.com/v1"
VERSION = "2023-06-01"
CUT_SHORT = ("max_tokens", "model_context_window_exceeded")


class Messages:
    """One model behind the API, for all threads. It does not retry: the job does."""

    def __init__(self, *, model: str, api_key: str, base_url: str | None, timeout: float, max_tokens: int) -> None:
        base_url = (base_url or ANTHROPIC_URL).rstrip("/")
        self.model = model
        self._where = f"{model} at {base_url}"
        self._api_key = api_key
        self._timeout = timeout
        self._max_tokens = max_tokens
        self._url = f"{base_url}/messages"
        headers = {"x-api-key": api_key, "anthropic-version": VERSION}
        self._client = httpx2.Client(headers=headers, timeout=timeout)

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
        try:
            answer = self._client.post(self._url, json=request)
        except httpx2.TimeoutException as error:
            raise errors.ProviderTimeout(
                f"{self._where} did not answer within {self._timeout} s. Raise the time-out or use a faster model."
            ) from error
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise errors.ProviderUnavailable(
                f"{self._where} cannot be reached ({error}). Check the base URL and that the server is up."
            ) from error
        body = self._body(answer)
        failure = body.get("error") if isinstance(body, dict) else body
        if answer.status_code >= 400:
            said = words_of(failure or answer.text, self._api_key)
            raise error_for(answer.status_code, said, self._where, answer.headers)
        if not isinstance(body, dict):
            raise errors.ProviderInvalidOutput(
                f"{self._where} answered with something other than JSON. Check that the base URL ends as the vendor "
                "says."
            )
        if failure:
            raise error_in(failure, self._where, self._api_key)
        return body

    def _body(self, answer: httpx2.Response) -> Any:
        try:
            return answer.json()
        except ValueError:
            return None


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
