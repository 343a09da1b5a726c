"""Embedders that were configured before, and those that can't be reached."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import Project
from memories.models import KnownEmbedder, MemoryVector
from memories.providers import get_embedder, remember_embedder
from memories.services.revise import Revision, revise
from providers.errors import ProviderError, ProviderRejected
from tests.conftest import Remember
from tests.embedders.switching import ME, NEW, OLD, Ask, Switch, by_meaning, fresh
from tests.providers.wire import error

pytestmark = pytest.mark.django_db


def test_an_embedder_of_before_is_asked_as_it_was_configured_with_the_key_of_now(
    remember: Remember, configure: Switch, look_for: Ask, alice_project: Project, settings: Any
) -> None:
    wire = configure("first")
    remember_embedder()
    Project.objects.update(embedder="first")
    memory = remember("I keep bees", project=fresh(alice_project))
    configure("second")
    assert "api_key" not in KnownEmbedder.objects.get(name="first").options
    assert by_meaning(look_for("bees")) == {memory}
    assert wire.requests[-1].body["model"] == "first"
    assert wire.requests[-1].headers["authorization"] == "Bearer sk-test"
    settings.PREVIOUS_EMBEDDING_API_KEY = "sk-before"
    settings.PROVIDERS = {"embedder": {"BACKEND": "providers.embedded.EmbeddedEmbedder", "OPTIONS": {}}}
    assert by_meaning(look_for("bees?")) == {memory}
    assert wire.requests[-1].headers["authorization"] == "Bearer sk-before"


def test_no_password_is_noted(db: None, settings: Any) -> None:
    options = {"base_url": "https://me:secret@a.example/v1", "api_key": "sk-secret", "model": "m"}
    settings.PROVIDERS = {"embedder": {"BACKEND": "providers.openai_embedder.OpenAIEmbedder", "OPTIONS": options}}
    remember_embedder()
    assert KnownEmbedder.objects.get().options == {"base_url": "https://a.example/v1", "model": "m"}


def test_an_embedder_of_which_nothing_is_known_leaves_the_words_and_says_so(
    remember: Remember, look_for: Ask, alice_project: Project
) -> None:
    memory = remember("I keep bees")
    Project.objects.update(embedder="gone")
    recall = look_for("bees")
    assert [hit.memory for hit in recall.hits] == [memory]
    assert "gone, which is not configured" in recall.warnings[0]
    with pytest.raises(ProviderRejected):
        get_embedder("gone")


def test_an_edit_that_cannot_be_embedded_changes_nothing(
    remember: Remember, configure: Switch, alice_project: Project
) -> None:
    wire = configure()
    Project.objects.update(embedder=NEW)
    memory = remember("I keep bees on the roof", project=fresh(alice_project))
    wire.script(error(401, "Incorrect API key."))
    with pytest.raises(ProviderRejected):
        revise(memory=memory, revision=Revision(text="I keep hens"), actor=ME)
    memory.refresh_from_db()
    assert (memory.text, memory.version) == ("I keep bees on the roof", 1)


def test_a_search_without_its_embedder_still_finds_words_and_says_so(
    remember: Remember, configure: Switch, look_for: Ask, alice_project: Project
) -> None:
    memory = remember("I keep bees on the roof")
    Project.objects.update(embedder=NEW)
    configure().script(error(401, "Incorrect API key."))
    recall = look_for("bees")
    assert [hit.memory for hit in recall.hits] == [memory]
    assert "without semantic" in recall.warnings[0]


def test_projects_of_before_stay_with_the_embedder_that_they_have_most_vectors_of(
    remember: Remember, alice_project: Project
) -> None:
    remember("I keep bees")
    empty = Project.objects.create(organization=alice_project.organization, name="Empty")
    MemoryVector.objects.update(embedder="of before")
    Project.objects.update(embedder="")
    from importlib import import_module

    migration = import_module("memories.migrations.0018_embedder_changes")
    with connection.schema_editor(atomic=False) as editor:
        migration.note_embedders_in_use(apps, editor)
    assert (fresh(alice_project).embedder, fresh(empty).embedder) == ("of before", OLD)


def test_questions_are_remembered_by_embedder(remember: Remember, configure: Switch) -> None:
    old = get_embedder().embed_query("bees")
    wire = configure()
    new = get_embedder().embed_query("bees")
    assert get_embedder().embed_query("bees") == new
    assert (len(old), len(new), len(wire.requests)) == (384, 64, 1)
    wire.script(error(503, "away"))
    with pytest.raises(ProviderError):
        get_embedder().embed_query("hens")
    assert get_embedder().embed_query("hens") != new
