"""Local servers that speak as vendors do whose wire is not OpenAI's."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.providers.wire import Answer, OpenAIWire, Received, answer, error, shared_words

API_VERSION = "2024-10-21"


class AzureWire(OpenAIWire):
    """Azure: the deployment is in the path, the version in the query, the key in a header of its own.

    https://learn.microsoft.com/azure/ai-services/openai/reference
    """

    @property
    def url(self) -> str:
        return super().url.removesuffix("/v1")

    def _answer(self, request: Received) -> Answer:
        parts = urlsplit(request.path)
        deployment = f"/openai/deployments/{request.body.get('model')}"
        if not parts.path.startswith(deployment) or parse_qs(parts.query) != {"api-version": [API_VERSION]}:
            return error(404, f"Resource not found: {request.path}", code="404")
        if not request.headers.get("api-key"):
            return error(401, "Access denied due to invalid subscription key.", code="401")
        return super()._answer(replace(request, path=parts.path.removeprefix(deployment)))


def message(*blocks: dict[str, Any], stop_reason: str = "end_turn", usage: Any = None, **how: Any) -> Answer:
    """A message of Anthropic's."""
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "wire-model-1",
        "content": list(blocks),
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": usage or {"input_tokens": 11, "output_tokens": 7},
    }
    return answer(body, **how)


class AnthropicWire(OpenAIWire):
    """Anthropic's Messages API: https://docs.anthropic.com/en/api/messages."""

    chat_path = "/messages"

    def error(self, status: int, message: str, *, code: str | None = None, **how: Any) -> Answer:
        body = {"type": "error", "error": {"type": code or "api_error", "message": message}, "request_id": "req_1"}
        return answer(body, status=status, **how)

    def said(self, content: dict[str, Any] | str | None, **how: Any) -> Answer:
        """A dict is what the model gave the tool."""
        if isinstance(content, dict):
            return message(
                {"type": "tool_use", "id": "toolu_1", "name": "t", "input": content}, stop_reason="tool_use", **how
            )
        return message({"type": "text", "text": content or ""}, **how)

    def _answer(self, request: Received) -> Answer:
        if not request.headers.get("x-api-key") or request.headers.get("anthropic-version") != "2023-06-01":
            return self.error(401, "x-api-key header is required", code="authentication_error")
        if not isinstance(request.body.get("max_tokens"), int):
            return self.error(400, "max_tokens: Field required", code="invalid_request_error")
        tools = {tool["name"] for tool in request.body.get("tools", [])}
        if (choice := request.body.get("tool_choice")) and choice["name"] not in tools:
            return self.error(400, f"tool_choice: {json.dumps(choice)} is no tool", code="invalid_request_error")
        return super()._answer(request)


class TEIWire(OpenAIWire):
    """Text Embeddings Inference, as far as reranking goes; it takes 32 texts at a time."""

    def error(self, status: int, message: str, *, code: str | None = None, **how: Any) -> Answer:
        return answer({"error": f"{message} {code or ''}".strip(), "error_type": "Validation"}, status=status, **how)

    def reranked(self, request: dict[str, Any]) -> Answer:
        if len(request["texts"]) > 32:
            return self.error(413, "batch size 33 > maximum allowed batch size 32")
        rows = [{"index": i, "score": shared_words(request["query"], text)} for i, text in enumerate(request["texts"])]
        return answer(sorted(rows, key=lambda row: -row["score"]))
