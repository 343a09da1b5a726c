"""A web server for files, and a model that sees."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.attachments.messages import is_look
from tests.extraction.replies import statements_of_users
from tests.files import FileServer
from tests.providers.wire import OpenAIWire


@pytest.fixture
def files(settings: Any) -> Iterator[FileServer]:
    """A web server that may be asked, although it is on this machine."""
    settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with FileServer() as files:
        yield files


@pytest.fixture
def wire(settings: Any) -> Iterator[OpenAIWire]:
    """A model on the local wire that sees, and that reads conversations."""
    with OpenAIWire() as wire:
        wire.reply_with(lambda request: "A brown dog." if is_look(request) else statements_of_users(request))
        options = {"base_url": wire.url, "api_key": "sk-test", "timeout": 1.0}
        settings.PROVIDERS = {
            **settings.PROVIDERS,
            "chat": {"BACKEND": "providers.openai_chat.OpenAIChat", "OPTIONS": {**options, "model": "reads"}},
            "vision": {"BACKEND": "providers.openai_vision.OpenAIVision", "OPTIONS": {**options, "model": "sees"}},
        }
        yield wire
