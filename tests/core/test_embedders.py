"""Another embedder by setting: other dimensions beside the first's, never mixed."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Project, User
from accounts.principal import Principal
from memories.models import Memory, MemoryVector
from memories.recall.types import Recall
from memories.services.changes import Actor
from memories.services.revise import Revision, revise
from memories.services.search import search
from providers.errors import ProviderRejected
from tests.conftest import Remember
from tests.providers.wire import OpenAIWire, error

pytestmark = pytest.mark.django_db


@pytest.fixture
def use_endpoint(settings: Any) -> Any:
    """Switch to an embedding endpoint on the local wire."""
    with OpenAIWire() as wire:

        def switch() -> OpenAIWire:
            options = {"base_url": wire.url, "api_key": "sk-test", "model": "wire", "timeout": 2.0}
            endpoint = {"BACKEND": "providers.openai_embedder.OpenAIEmbedder", "OPTIONS": options}
            settings.PROVIDERS = {**settings.PROVIDERS, "embedder": endpoint}
            return wire

        yield switch


@pytest.fixture
def ask(alice: User, alice_project: Project) -> Any:
    def ask(query: str) -> Recall:
        scope = Memory.objects.for_principal(Principal(user=alice)).active()
        return search(principal=Principal(user=alice), project=alice_project, scope=scope, query=query)

    return ask


def test_vectors_of_two_embedders_live_side_by_side_and_are_not_compared(
    remember: Remember, use_endpoint: Any, ask: Any
) -> None:
    old = remember("I keep bees on the roof")
    use_endpoint()
    new = remember("I sold my old car")
    sizes = {vector.embedder: len(vector.embedding) for vector in MemoryVector.objects.all()}
    assert sorted(sizes.values()) == [64, 384]
    hits = {hit.memory: {"bm25", "semantic"} & set(hit.signals) for hit in ask("bees car").hits}
    assert hits == {old: {"bm25"}, new: {"bm25", "semantic"}}


def test_a_revision_embeds_anew_with_the_present_embedder(remember: Remember, use_endpoint: Any, ask: Any) -> None:
    memory = remember("I keep bees on the roof")
    wire = use_endpoint()
    revise(memory=memory, revision=Revision(text="I keep hens on the roof"), actor=Actor(label="a test"))
    assert wire.requests[-1].body["input"] == ["I keep hens on the roof"]
    assert len(MemoryVector.objects.get(memory=memory).embedding) == 64


def test_an_edit_that_cannot_be_embedded_changes_nothing(remember: Remember, use_endpoint: Any) -> None:
    memory = remember("I keep bees on the roof")
    use_endpoint().script(error(401, "Incorrect API key."))
    with pytest.raises(ProviderRejected):
        revise(memory=memory, revision=Revision(text="I keep hens"), actor=Actor(label="a test"))
    memory.refresh_from_db()
    assert (memory.text, memory.version) == ("I keep bees on the roof", 1)


def test_a_search_without_its_embedder_still_finds_words_and_says_so(
    remember: Remember, use_endpoint: Any, ask: Any
) -> None:
    memory = remember("I keep bees on the roof")
    use_endpoint().script(error(401, "Incorrect API key."))
    recall = ask("bees")
    assert [hit.memory for hit in recall.hits] == [memory]
    assert "without semantic" in recall.warnings[0]
