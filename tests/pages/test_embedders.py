"""Changing the embedder, as operators see it: on its page, at home, by command, by their monitoring."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Project, User
from memories.models import EmbedderChange
from memories.services.embedders import changing
from providers.embedded import EmbeddedEmbedder
from tests.conftest import Remember, signed_in
from tests.pages.markup import text_of
from tests.providers.wire import OpenAIWire, error

pytestmark = pytest.mark.django_db
PAGE = "/embedder/"


@pytest.fixture
def operator(alice: User) -> Client:
    User.objects.filter(pk=alice.pk).update(is_superuser=True, is_staff=True)
    return signed_in(User.objects.get(pk=alice.pk))


@pytest.fixture
def wire(settings: Any, remember: Remember) -> Iterator[OpenAIWire]:
    """A project with two memories by the embedded model, and settings that name another."""
    remember("I keep bees")
    remember("I keep hens")
    with OpenAIWire() as wire:
        options = {"base_url": wire.url, "api_key": "sk-test", "model": "new", "timeout": 2.0}
        endpoint = {"BACKEND": "providers.openai_embedder.OpenAIEmbedder", "OPTIONS": options}
        settings.PROVIDERS = {**settings.PROVIDERS, "embedder": endpoint}
        yield wire


def health(client: Client) -> tuple[int, str]:
    answer = client.get("/health/embedder/")
    return answer.status_code, answer.json()["status"]


def test_nothing_to_do_is_said(operator: Client, remember: Remember) -> None:
    remember("I keep bees")
    page = text_of(operator.get(PAGE))
    assert EmbeddedEmbedder.name in page
    assert "Every project uses it." in page
    assert health(Client()) == (200, "ok")
    assert "Embedder" not in text_of(operator.get("/"))


def test_an_edited_setting_is_told_and_waits_for_the_operator(
    operator: Client, wire: OpenAIWire, bob_client: Client
) -> None:
    page = text_of(operator.get(PAGE))
    assert "Still with another embedder" in page
    assert "Nothing happens by itself" in page
    assert "&lt;Project" not in page, "the navigation keeps its own count of what waits"
    assert 'data-label="Memories">2<' in page
    assert 'data-label="Characters">22<' in page
    assert "1 project still uses another embedder" in text_of(operator.get("/"))
    assert "another embedder" not in text_of(bob_client.get("/"))
    assert health(Client()) == (503, "waiting")
    assert wire.requests == []


def test_from_the_button_to_the_end(
    operator: Client, wire: OpenAIWire, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "BATCH", 1)
    monkeypatch.setattr(changing, "TURN_SECONDS", 0.0)
    assert operator.post(f"{PAGE}change/", {"project": str(alice_project.pk)}).url == PAGE
    change = EmbedderChange.objects.get()
    changing.work(change.pk)
    answer = operator.get(PAGE)
    page = text_of(answer)
    assert "1 of 2 memories" in page
    assert "memories a second, about" in page
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    assert health(Client()) == (200, "changing")
    assert "embedded anew" in text_of(operator.get("/"))
    monkeypatch.setattr(changing, "TURN_SECONDS", 10.0)
    changing.work(change.pk)
    assert "The new embedder is in use." in text_of(operator.get(PAGE, headers={"HX-Request": "true"}))
    EmbedderChange.objects.update(available_at=change.created_at)
    monkeypatch.setattr(changing, "GRACE", changing.GRACE * 0)
    changing.work(change.pk)
    answer = operator.get(PAGE)
    assert "Earlier changes" in text_of(answer)
    assert "hx-trigger" not in answer.content.decode()
    assert health(Client()) == (200, "ok")


def test_a_failure_says_what_to_do_and_is_tried_again(operator: Client, wire: OpenAIWire) -> None:
    operator.post(f"{PAGE}change/")
    change = EmbedderChange.objects.get()
    wire.script(error(401, "Incorrect API key."))
    changing.work(change.pk)
    page = text_of(operator.get(PAGE))
    assert "Incorrect API key." in page
    assert "Check the model’s key, name and address" in page
    assert "What is embedded already is kept." in page
    assert health(Client()) == (503, "failed")
    assert "has failed" in text_of(operator.get("/"))
    operator.post(f"{PAGE}{change.pk}/retry/")
    changing.work(change.pk)
    change.refresh_from_db()
    assert change.phase == "settling"


def test_cancelling_and_being_too_late_for_it(operator: Client, wire: OpenAIWire, alice_project: Project) -> None:
    operator.post(f"{PAGE}change/")
    first = EmbedderChange.objects.get()
    operator.post(f"{PAGE}{first.pk}/cancel/")
    assert "Cancelled; removing what was made" in text_of(operator.get(PAGE))
    changing.work(first.pk)
    assert "Cancelled" in text_of(operator.get(PAGE))
    operator.post(f"{PAGE}change/")
    second = EmbedderChange.objects.open().get()
    changing.work(second.pk)
    answer = operator.post(f"{PAGE}{second.pk}/cancel/", follow=True)
    assert "too late to cancel" in text_of(answer)
    assert Project.objects.get(pk=alice_project.pk).embedder == "new"


def test_an_embedder_that_does_not_answer_begins_nothing(operator: Client, wire: OpenAIWire) -> None:
    wire.script(error(404, "No such model."))
    assert "No such model." in text_of(operator.post(f"{PAGE}change/", follow=True))
    assert not EmbedderChange.objects.exists()


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("change_embedder", *arguments, stdout=out)
    return out.getvalue().strip()


def test_the_command(wire: OpenAIWire, alice_project: Project) -> None:
    other = Project.objects.create(organization=alice_project.organization, name="Other")
    assert other.embedder == "new"
    assert run() == (
        f"{alice_project.pk} {alice_project}: {EmbeddedEmbedder.name}, not changed yet\nwaiting: new is configured."
    )
    assert "PENDING embedding 0/2" in run(str(alice_project.pk))
    with pytest.raises(CommandError, match="under way"):
        run(str(alice_project.pk))
    wire.script(error(401, "Incorrect API key."))
    changing.work(EmbedderChange.objects.get().pk)
    with pytest.raises(CommandError, match="--retry"):
        run()
    assert "PENDING" in run("--all", "--retry")
    assert "PENDING dropping" in run("--all", "--cancel")
    changing.work(EmbedderChange.objects.get().pk)
    assert run().endswith("waiting: new is configured.")
    assert "changing" in run("--all")


@pytest.mark.parametrize("chosen", ["nonsense", "01234567-89ab-7def-8123-456789abcdef"])
def test_the_command_names_what_is_not_there(wire: OpenAIWire, chosen: str) -> None:
    with pytest.raises(CommandError, match=r"UUIDs|no project 0123"):
        run(chosen)
