"""A person's profile as people read it: each line with what it rests on."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from accounts.models import AuditEntry, Project
from memories.models import EndUser, Memory, Profile, ProfileLine
from memories.services.changes import Actor
from memories.services.forgetting import forget
from memories.services.profiles import change_settings, make_profile
from tests.api.conftest import wire
from tests.conftest import Remember
from tests.pages.markup import text_of
from tests.providers.wire import OpenAIWire, error

pytestmark = pytest.mark.django_db
__all__ = ["wire"]
ALICE = Actor(label="alice")


@pytest.fixture
def ann(remember: Remember, alice_project: Project) -> EndUser:
    memory = remember("I like green tea")
    remember("I play chess")
    Memory.objects.filter(pk=memory.pk).update(categories=["food"])
    change_settings(alice_project, ALICE, {"enabled": True})
    return EndUser.objects.get(name="ann")


def url(person: EndUser, rest: str = "") -> str:
    return f"/people/{person.pk}/profile/{rest}"


def make(client: Client, person: EndUser) -> str:
    assert client.post(url(person, "make/")).status_code == 302
    make_profile(Profile.objects.unfinished().get().pk)
    return text_of(client.get(url(person)))


def test_each_line_leads_to_its_memories(bob_client: Client, ann: EndUser) -> None:
    assert "It is being made." in text_of(bob_client.get(url(ann)))
    page = make(bob_client, ann)
    tea = Memory.objects.get(text="I like green tea")
    assert ">food</h2>" in page
    assert f'href="/memories/{tea.pk}/"' in page
    assert "No language model is configured" in page
    assert "I play chess" not in page
    forget(memories=Memory.objects.filter(pk=tea.pk), actor=ALICE)
    assert "green tea" not in text_of(bob_client.get(url(ann)))


def test_it_is_looked_at_until_it_is_made(alice_client: Client, ann: EndUser) -> None:
    alice_client.post(url(ann, "make/"))
    assert 'hx-trigger="every 2s"' in text_of(alice_client.get(url(ann)))
    make_profile(Profile.objects.unfinished().get().pk)
    part = text_of(alice_client.get(url(ann), headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert "hx-trigger" not in part


def test_a_value_and_a_list_and_a_failure(
    alice_client: Client, ann: EndUser, alice_project: Project, wire: OpenAIWire
) -> None:
    one = {"type": "object", "description": "What they drink", "properties": {"drink": {"type": "string"}}}
    schema = {"type": "object", "properties": {"tea": one, "games": {"type": "array", "description": "Games"}}}
    change_settings(alice_project, ALICE, {"schema": schema})
    games = [{"value": "chess", "memories": [0]}, {"value": "tea ceremonies", "memories": [0, 1]}]
    wire.reply_with(lambda request: {"tea": [{"value": {"drink": "<b>"}, "memories": [1]}], "games": games})
    page = make(alice_client, ann)
    assert "{&quot;drink&quot;: &quot;&lt;b&gt;&quot;}" in page
    assert [line.value for line in ProfileLine.objects.filter(field="games")] == ["chess", "tea ceremonies"]
    assert page.count("I play chess") == 2
    Memory.objects.filter(text="I play chess").update(text="I play go")
    wire.script(error(401, "No."))
    assert "No." in make(alice_client, ann)
    assert json.dumps("tea") in json.dumps(wire.chats[-1])


def test_those_who_administer_switch_it(alice_client: Client, bob_client: Client, ann: EndUser) -> None:
    path = f"/projects/{ann.project_id}/profiles/"
    assert bob_client.post(path, {"enabled": ""}).status_code == 403
    off = alice_client.post(path, {"enabled": "", "end_user": "ann"}, follow=True)
    assert off.redirect_chain[0][0] == url(ann)
    assert "This project makes no profiles." in text_of(off)
    assert "Make profiles in this project" not in text_of(bob_client.get(url(ann)))
    refused = alice_client.post(url(ann, "make/"), follow=True)
    assert "This project makes no profiles." in text_of(refused)
    on = alice_client.post(path, {"enabled": "yes", "end_user": "nobody"})
    assert on["Location"] == f"/projects/{ann.project_id}/"
    assert AuditEntry.objects.filter(action="profile_settings.update").count() == 3


def test_the_list_and_the_memory_lead_to_it(alice_client: Client, ann: EndUser) -> None:
    assert url(ann) in text_of(alice_client.get("/memories/?end_user=ann"))
    assert "/profile/" not in text_of(alice_client.get("/memories/?end_user=an"))
    memory = Memory.objects.first()
    assert url(ann) in text_of(alice_client.get(f"/memories/{memory.pk}/"))  # type: ignore[union-attr]


def test_who_may_only_read_makes_none(auditor_client: Client, ann: EndUser) -> None:
    assert "Bring up to date" not in text_of(auditor_client.get(url(ann)))
    assert auditor_client.post(url(ann, "make/")).status_code == 403
