"""A model that sees, on the local wire."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from providers.base import Description, VisionModel
from providers.build import build
from providers.errors import (
    ProviderError,
    ProviderInvalidOutput,
    ProviderRateLimited,
    ProviderRefused,
    ProviderRejected,
    ProviderTimeout,
)
from tests.files import png
from tests.providers.wire import Answer, OpenAIWire, chat, error


@pytest.fixture
def model(wire: OpenAIWire) -> VisionModel:
    options = {"model": "some-model", "api_key": "sk-test", "base_url": wire.url, "timeout": 1.0}
    built: Any = build({"BACKEND": "providers.openai_vision.OpenAIVision", "OPTIONS": options})
    return built


def describe(model: VisionModel) -> Description:
    return model.describe(system="Describe it.", user="My dog.", image=png(), media_type="image/png")


def test_the_image_goes_along_as_a_data_url(wire: OpenAIWire, model: VisionModel) -> None:
    wire.reply_with(lambda request: "A green rectangle. 緑の長方形。")
    assert describe(model) == Description("A green rectangle. 緑の長方形。", "wire-model-1", 11, 7)
    assert wire.requests[0].headers["authorization"] == "Bearer sk-test"
    (request,) = wire.chats
    assert request == {
        "model": "some-model",
        "messages": [
            {"role": "system", "content": "Describe it."},
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "My dog."},
                    {
                        "type": "image_url",
                        "image_url": {"url": "data:image/png;base64," + base64.b64encode(png()).decode()},
                    },
                ],
            },
        ],
    }


def test_thinking_aloud_is_left_out(wire: OpenAIWire, model: VisionModel) -> None:
    wire.reply_with(lambda request: "<think>Is it a cat?</think>\nA dog.")
    assert describe(model).text == "A dog."


@pytest.mark.parametrize(
    ("given", "raised"),
    [
        (chat(""), ProviderInvalidOutput),
        (chat(None), ProviderInvalidOutput),
        (chat("A do", finish_reason="length"), ProviderInvalidOutput),
        (chat(None, refusal="I can't look at this."), ProviderRefused),
        (chat(None, finish_reason="content_filter"), ProviderRefused),
        (error(400, "This model does not support image inputs."), ProviderRejected),
        (error(401, "Incorrect API key."), ProviderRejected),
        (error(429, "Slow down."), ProviderRateLimited),
        (chat("late", delay=3), ProviderTimeout),
    ],
    ids=["empty", "none", "cut", "refusal", "filter", "blind", "401", "429", "slow"],
)
def test_failures_are_told_apart(
    wire: OpenAIWire, model: VisionModel, given: Answer, raised: type[ProviderError]
) -> None:
    wire.script(given)
    with pytest.raises(raised):
        describe(model)
