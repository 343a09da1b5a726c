"""A second embedder by setting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Project, User
from accounts.principal import Principal
from memories.embedding import _resting
from memories.models import Memory
from memories.recall.types import Recall
from memories.services.embedders import changing
from memories.services.search import search
from tests.embedders.switching import NEW, Ask, Switch
from tests.providers.wire import OpenAIWire


@pytest.fixture
def configure(settings: Any) -> Iterator[Switch]:
    """Edit the settings and start anew: an embedding endpoint on the local wire, of 64 dimensions."""
    _resting.clear()
    with OpenAIWire() as wire:

        def switch(model: str = NEW) -> OpenAIWire:
            options = {"base_url": wire.url, "api_key": "sk-test", "model": model, "timeout": 2.0}
            endpoint = {"BACKEND": "providers.openai_embedder.OpenAIEmbedder", "OPTIONS": options}
            settings.PROVIDERS = {**settings.PROVIDERS, "embedder": endpoint}
            return wire

        yield switch


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody after the switch."""
    monkeypatch.setattr(changing, "GRACE", changing.GRACE * 0)


@pytest.fixture
def look_for(alice: User, alice_project: Project) -> Ask:
    def look_for(query: str) -> Recall:
        project = Project.objects.get(pk=alice_project.pk)
        scope = Memory.objects.for_principal(Principal(user=alice)).active()
        return search(principal=Principal(user=alice), project=project, scope=scope, query=query)

    return look_for
