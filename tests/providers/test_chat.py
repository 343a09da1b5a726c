from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from providers.base import ChatModel, Completion
from providers.errors import ProviderInvalidOutput, ProviderRefused, ProviderRejected
from providers.openai_chat import OpenAIChat
from tests.providers.wire import Answer, OpenAIWire, answer, chat, error

SCHEMA = {
    "type": "object",
    "properties": {"facts": {"type": "array", "items": {"type": "string"}}},
    "required": ["facts"],
    "additionalProperties": False,
}
FACTS = {"facts": ["likes tea", "lives in 東京 🗼"]}


@pytest.fixture
def model(wire: OpenAIWire) -> ChatModel:
    return OpenAIChat(model="some-model", api_key="sk-test", base_url=wire.url, timeout=5.0)


def ask(model: ChatModel) -> Completion:
    return model.complete_json(system="Extract facts.", user="I like tea.", schema=SCHEMA, schema_name="facts")


def knows_only(
    *formats: str | None, complaint: str = "This response_format type is unavailable now", status: int = 400
) -> Callable[[dict[str, Any]], dict[str, Any] | Answer]:
    """A server that rejects every `response_format` but these."""

    def reply(request: dict[str, Any]) -> dict[str, Any] | Answer:
        asked = request.get("response_format", {}).get("type")
        return FACTS if asked in formats else error(status, complaint)

    return reply


def formats(wire: OpenAIWire) -> list[str | None]:
    return [request.get("response_format", {}).get("type") for request in wire.chats]


def test_the_request_and_the_completion(wire: OpenAIWire, model: ChatModel) -> None:
    wire.reply_with(lambda request: FACTS)

    completion = ask(model)

    assert completion == Completion(content=FACTS, model="wire-model-1", input_tokens=11, output_tokens=7)
    assert wire.requests[0].headers["authorization"] == "Bearer sk-test"
    assert wire.chats == [
        {
            "model": "some-model",
            "messages": [
                {"role": "system", "content": "Extract facts."},
                {"role": "user", "content": "I like tea."},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "facts", "schema": SCHEMA, "strict": True},
            },
        }
    ]


def test_the_limit_of_output_tokens_is_sent_only_when_given(wire: OpenAIWire) -> None:
    wire.reply_with(lambda request: FACTS)

    ask(OpenAIChat(model="m", api_key="k", base_url=wire.url, max_completion_tokens=500))

    assert wire.chats[0]["max_completion_tokens"] == 500


def test_a_server_may_leave_out_what_is_not_needed(wire: OpenAIWire, model: ChatModel) -> None:
    wire.script(answer({"choices": [{"message": {"content": '{"facts": []}'}}]}))

    assert ask(model) == Completion(content={"facts": []}, model="some-model", input_tokens=0, output_tokens=0)


@pytest.mark.parametrize(
    "text",
    [
        '{"facts": ["likes tea"]}',
        '\n\n{"facts": ["likes tea"]}\n',
        '```json\n{"facts": ["likes tea"]}\n```',
        '```\n{"facts": ["likes tea"]}\n```',
        'Here it is, {as asked}:\n{"facts": ["likes tea"]}\nAnything else?',
        '<think>Perhaps {"facts": ["likes coffee"]}?</think>\n{"facts": ["likes tea"]}',
        'The template opened it. {"facts": []} no</think>```json\n{"facts": ["likes tea"]}\n```',
        '{"draft": true} {"facts": ["likes tea"]}',
    ],
)
def test_the_object_is_found_in_what_the_model_wrote(wire: OpenAIWire, model: ChatModel, text: str) -> None:
    wire.script(chat(text))

    assert ask(model).content == {"facts": ["likes tea"]}


def test_thinking_is_looked_for_around_the_object_not_in_it(wire: OpenAIWire, model: ChatModel) -> None:
    wire.script(chat({"facts": ["writes </think> {often}"]}))

    assert ask(model).content == {"facts": ["writes </think> {often}"]}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (chat("I would rather not use JSON."), "no complete JSON object"),
        (chat(""), "no complete JSON object"),
        (chat(None), "no complete JSON object"),
        (chat('{"facts": ["likes tea"'), "no complete JSON object"),
        (chat('["likes tea"]'), "no complete JSON object"),
        (chat('{"facts": [NaN]}'), "no complete JSON object"),
        (chat('{"facts":' * 5000), "no complete JSON object"),
        (chat({}), r"at \$ \(required\)"),
        (chat({"facts": "likes tea"}), r"at \$\.facts \(type\)"),
        (chat({"facts": ["a", 1]}), r"at \$\.facts\[1\] \(type\)"),
        (chat({"facts": [], "mood": "fine"}), r"\(additionalProperties\)"),
        (chat(r'{"facts": ["\u0000"]}'), "not valid Unicode"),
        (chat(r'{"facts": ["\ud83d"]}'), "not valid Unicode"),
        (chat({"facts": []}, finish_reason="length"), "cut short"),
        (answer({"choices": []}), "without a message"),
        (answer({"choices": [{"finish_reason": "stop"}]}), "without a message"),
        (answer({"choices": [{"message": {"content": [{"text": "{}"}]}}]}), "no text"),
    ],
)
def test_invalid_output(wire: OpenAIWire, model: ChatModel, given: Answer, says: str) -> None:
    wire.script(given)

    with pytest.raises(ProviderInvalidOutput, match=says):
        ask(model)


def test_an_escaped_backslash_is_no_nul(wire: OpenAIWire, model: ChatModel) -> None:
    wire.script(chat(r'{"facts": ["writes \\u0000 in C"]}'))

    assert ask(model).content == {"facts": [r"writes \u0000 in C"]}


def test_what_was_said_stays_out_of_the_error(wire: OpenAIWire, model: ChatModel) -> None:
    wire.script(chat({"facts": "secretly likes tea"}))

    with pytest.raises(ProviderInvalidOutput) as caught:
        ask(model)

    assert "tea" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [chat(None, refusal="I cannot help with that."), chat("", finish_reason="content_filter")],
)
def test_refusal(wire: OpenAIWire, model: ChatModel, given: Answer) -> None:
    wire.script(given)

    with pytest.raises(ProviderRefused, match="another model"):
        ask(model)


@pytest.mark.parametrize("status", [400, 404, 422])
def test_an_unknown_format_falls_back_and_is_not_tried_again(wire: OpenAIWire, model: ChatModel, status: int) -> None:
    wire.reply_with(knows_only("json_object", None, status=status))

    assert ask(model).content == FACTS
    assert ask(model).content == FACTS

    assert formats(wire) == ["json_schema", "json_object", "json_object"]
    assert '"facts"' in wire.chats[1]["messages"][0]["content"]
    assert wire.chats[1]["messages"][0]["content"].startswith("Extract facts.")


def test_the_last_resort_is_the_prompt_alone(wire: OpenAIWire, model: ChatModel) -> None:
    wire.reply_with(knows_only(None, complaint="JSON mode is not supported by this model"))

    assert ask(model).content == FACTS
    assert ask(model).content == FACTS

    assert formats(wire) == ["json_schema", "json_object", None, None]
    assert '"facts"' in wire.chats[2]["messages"][0]["content"]


def test_a_server_that_complains_whatever_is_asked(wire: OpenAIWire, model: ChatModel) -> None:
    wire.reply_with(knows_only())

    for _ in range(2):
        with pytest.raises(ProviderRejected, match="response_format"):
            ask(model)

    assert formats(wire) == ["json_schema", "json_object", None] * 2, "nothing was learnt from failures alone"


def test_other_complaints_do_not_fall_back(wire: OpenAIWire, model: ChatModel) -> None:
    wire.reply_with(knows_only(complaint="maximum context length exceeded"))

    with pytest.raises(ProviderRejected, match="context length"):
        ask(model)

    assert formats(wire) == ["json_schema"]


def test_a_server_that_ignores_the_schema_gets_it_in_the_prompt_next_time(wire: OpenAIWire, model: ChatModel) -> None:
    """As Anthropic's compatible endpoint did: it takes `response_format` and does nothing with it."""
    wire.reply_with(lambda request: FACTS if "JSON Schema" in request["messages"][0]["content"] else "You like tea.")

    with pytest.raises(ProviderInvalidOutput):
        ask(model)

    assert ask(model).content == FACTS


def test_threads_share_one_model(wire: OpenAIWire, model: ChatModel) -> None:
    wire.reply_with(knows_only("json_object", None))

    with ThreadPoolExecutor(8) as pool:
        contents = [completion.content for completion in pool.map(lambda _: ask(model), range(40))]

    assert contents == [FACTS] * 40
    assert formats(wire)[-1] == "json_object"
