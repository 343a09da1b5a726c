"""Anthropic's own wire: the schema is a tool's, the answer is what the model gives the tool."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from providers.anthropic_chat import AnthropicChat
from providers.anthropic_vision import AnthropicVision
from providers.base import Completion, Description
from providers.errors import ProviderInvalidOutput, ProviderRefused
from tests.files import png
from tests.providers.vendors import AnthropicWire, message
from tests.providers.wire import Answer

SCHEMA = {
    "type": "object",
    "properties": {"facts": {"type": "array", "items": {"type": "string"}}},
    "required": ["facts"],
    "additionalProperties": False,
}
FACTS = {"facts": ["likes tea", "lives in 東京 🗼"]}
TOOL_USE = {"type": "tool_use", "id": "toolu_1", "name": "facts"}


@pytest.fixture
def wire() -> Iterator[AnthropicWire]:
    with AnthropicWire() as wire:
        yield wire


def ask(wire: AnthropicWire, **options: Any) -> Completion:
    model = AnthropicChat(model="some-model", api_key="sk-test", base_url=wire.url, timeout=5.0, **options)
    return model.complete_json(system="Extract facts.", user="I like tea.", schema=SCHEMA, schema_name="facts")


def test_the_request_and_the_completion(wire: AnthropicWire) -> None:
    wire.reply_with(lambda request: FACTS)

    assert ask(wire, max_tokens=500) == Completion(FACTS, "wire-model-1", 11, 7)
    (received,) = wire.requests
    assert received.headers["x-api-key"] == "sk-test"
    assert "authorization" not in received.headers
    tool = {key: value for key, value in received.body["tools"][0].items() if key != "description"}
    assert tool == {"name": "facts", "input_schema": SCHEMA}
    assert {key: value for key, value in received.body.items() if key != "tools"} == {
        "model": "some-model",
        "max_tokens": 500,
        "system": "Extract facts.",
        "messages": [{"role": "user", "content": "I like tea."}],
        "tool_choice": {"type": "tool", "name": "facts", "disable_parallel_tool_use": True},
    }


def test_what_is_said_beside_the_tool_is_passed_over(wire: AnthropicWire) -> None:
    wire.script(message({"type": "text", "text": '{"facts": []}'}, {**TOOL_USE, "input": FACTS}))
    assert ask(wire).content == FACTS


def test_a_server_that_only_resembles_it_may_write_the_object(wire: AnthropicWire) -> None:
    wire.script(message({"type": "text", "text": 'Here: {"facts": ["likes tea"]}'}))
    assert ask(wire).content == {"facts": ["likes tea"]}


def test_cached_tokens_are_tokens(wire: AnthropicWire) -> None:
    usage = {
        "input_tokens": 3,
        "cache_creation_input_tokens": 20,
        "cache_read_input_tokens": 100,
        "output_tokens": None,
    }
    wire.script(message({**TOOL_USE, "input": FACTS}, usage=usage))
    completion = ask(wire)
    assert (completion.input_tokens, completion.output_tokens) == (123, 0)


@pytest.mark.parametrize(
    ("given", "raised", "says"),
    [
        (message({**TOOL_USE, "input": {}}), ProviderInvalidOutput, r"at \$ \(required\)"),
        (message({**TOOL_USE, "input": [1]}), ProviderInvalidOutput, "no complete JSON object"),
        (message({"type": "text", "text": "I like tea, too."}), ProviderInvalidOutput, "no complete JSON object"),
        (message({**TOOL_USE, "input": FACTS}, stop_reason="max_tokens"), ProviderInvalidOutput, "cut short"),
        (message({"type": "text", "text": "No."}, stop_reason="refusal"), ProviderRefused, "another model"),
    ],
    ids=["wrong shape", "no object", "words", "cut", "refusal"],
)
def test_what_is_no_answer_is_told_with_what_it_cost(
    wire: AnthropicWire, given: Answer, raised: type[Exception], says: str
) -> None:
    wire.script(given)
    with pytest.raises(raised, match=says) as caught:
        ask(wire)
    assert caught.value.tokens == (11, 7)  # type: ignore[attr-defined]


def test_an_image_goes_along(wire: AnthropicWire) -> None:
    wire.reply_with(lambda request: "A green rectangle. 緑の長方形。")
    model = AnthropicVision(model="some-model", api_key="sk-test", base_url=wire.url, timeout=5.0)
    seen = model.describe(system="Describe it.", user="My dog.", image=png(), media_type="image/png")
    assert seen == Description("A green rectangle. 緑の長方形。", "wire-model-1", 11, 7)
    source = {"type": "base64", "media_type": "image/png", "data": base64.b64encode(png()).decode()}
    content = [{"type": "image", "source": source}, {"type": "text", "text": "My dog."}]
    assert wire.chats[0]["messages"] == [{"role": "user", "content": content}]


def test_a_description_without_words_is_none(wire: AnthropicWire) -> None:
    wire.reply_with(lambda request: " ")
    model = AnthropicVision(model="some-model", api_key="sk-test", base_url=wire.url)
    with pytest.raises(ProviderInvalidOutput, match="said nothing") as caught:
        model.describe(system="s", user="u", image=png(), media_type="image/png")
    assert caught.value.tokens == (11, 7)
