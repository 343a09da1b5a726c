"""A language model on the local wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.providers.wire import OpenAIWire


@pytest.fixture
def wire(settings: Any) -> Iterator[OpenAIWire]:
    with OpenAIWire() as wire:
        options = {"base_url": wire.url, "api_key": "sk-test", "model": "gpt-test", "timeout": 2.0}
        chat_model = {"BACKEND": "providers.openai_chat.OpenAIChat", "OPTIONS": options}
        settings.PROVIDERS = {**settings.PROVIDERS, "chat": chat_model}
        yield wire
