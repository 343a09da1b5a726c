from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.providers.wire import OpenAIWire


@pytest.fixture
def wire() -> Iterator[OpenAIWire]:
    with OpenAIWire() as wire:
        yield wire
