"""How a memory is kept, on its page and in the list: pinned, of which layer, until when, and how warm it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Project
from memories.models import Memory
from memories.models.stated import Layer
from memories.services.consolidation.crowding import relieve
from memories.services.consolidation.expiring import expire
from tests.conftest import Remember
from tests.lifecycle.conftest import Settings, aged, of_layer, settings_are
from tests.pages.markup import text_of
from tests.pages.test_memories import URL, shown

pytestmark = pytest.mark.django_db
__all__ = ["settings_are"]


def post(client: Client, memory: Memory, name: str, **body: Any) -> str:
    response = client.post(reverse(name, args=[memory.pk]), body, follow=True)
    memory.refresh_from_db()
    return text_of(response)


def page(client: Client, memory: Memory) -> str:
    return text_of(client.get(reverse("memory_detail", args=[memory.pk])))


def test_a_memory_is_pinned_and_unpinned_with_a_version_each(alice_client: Client, remember: Remember) -> None:
    memory = remember("I am allergic to nuts")
    assert "Saved as version 2." in post(alice_client, memory, "memory_pin", pinned="yes")
    assert memory.pinned
    found = page(alice_client, memory)
    assert "Unpin" in found
    assert "doesn’t fade" in found
    assert "Nothing was changed." in post(alice_client, memory, "memory_pin", pinned="yes")
    assert "No longer pinned" in post(alice_client, memory, "memory_pin", pinned="")
    assert [version.pinned for version in memory.versions.order_by("number")] == [False, True, False]
    assert AuditEntry.objects.filter(action="memory.update", object_id=str(memory.pk)).count() == 2


def test_layer_and_last_day_are_set_and_shown_in_the_history(alice_client: Client, remember: Remember) -> None:
    memory = remember("I am in Oslo")
    found = post(alice_client, memory, "memory_life", layer="session", expiration_date="2031-05-06")
    assert (memory.layer, memory.expiration_date) == (Layer.SESSION, date(2031, 5, 6))
    assert "<del>User</del> <ins>Session</ins>" in found
    assert 'value="2031-05-06"' in found
    post(alice_client, memory, "memory_life", layer="session", expiration_date="")
    assert (memory.version, memory.expiration_date) == (3, None)


@pytest.mark.parametrize("body", [{"layer": "attic"}, {"layer": "user", "expiration_date": "soon"}, {}])
def test_what_can_not_be_read_is_said_on_the_page(
    alice_client: Client, remember: Remember, body: dict[str, str]
) -> None:
    memory = remember("I am in Oslo")
    response = alice_client.post(reverse("memory_life", args=[memory.pk]), body)
    assert response.status_code == 422
    assert "is-invalid" in text_of(response)
    memory.refresh_from_db()
    assert memory.version == 1


def test_an_immutable_memory_changes_its_layer_and_not_its_day(alice_client: Client, remember: Remember) -> None:
    memory = remember("I am in Oslo", immutable=True)
    assert "Saved as version 2." in post(alice_client, memory, "memory_life", layer="session", expiration_date="")
    refused = post(alice_client, memory, "memory_life", layer="session", expiration_date="2031-05-06")
    assert "its app wants it unchanged" in refused
    assert memory.expiration_date is None


def test_who_may_only_read_sees_it_without_forms(auditor_client: Client, remember: Remember) -> None:
    memory = of_layer(remember("I am in Oslo"), Layer.SESSION, pinned=True)
    found = page(auditor_client, memory)
    assert "Session" in found
    assert "memory_life" not in found
    assert reverse("memory_pin", args=[memory.pk]) not in found
    assert auditor_client.post(reverse("memory_pin", args=[memory.pk])).status_code == 403


@pytest.mark.parametrize(
    ("visits", "interactions", "words"),
    [
        (0, 1, ["Cool", "Not recalled yet.", "It rests on 1 message."]),
        (1, 2, ["Warm", "Recalled 1 time, last", "It rests on 2 messages."]),
        (1200, 1, ["Hot", "Recalled 1,200 times, last"]),
    ],
)
def test_how_warm_it_is_in_words(
    alice_client: Client, remember: Remember, visits: int, interactions: int, words: list[str]
) -> None:
    memory = remember("I am in Oslo")
    visited_at = timezone.now() - timedelta(days=9) if visits else None
    Memory.objects.update(visits=visits, interactions=interactions, visited_at=visited_at)
    found = page(alice_client, memory)
    assert all(word in found for word in words)
    assert "Decay" not in found


def test_what_decay_has_left(alice_client: Client, alice_project: Project, remember: Remember) -> None:
    memory = aged(remember("I am in Oslo"), 60)
    Project.objects.update(decay=True)
    assert "Decay has left 25 % of its freshness." in page(alice_client, memory)
    Memory.objects.update(pinned=True)
    assert "Decay has left" not in page(alice_client, memory)


def test_what_has_ended_is_recalled_again_by_one_press(
    alice_client: Client, remember: Remember, settings_are: Settings
) -> None:
    memory = aged(of_layer(remember("I am in Oslo"), Layer.SESSION), 9)
    expire(settings_are(layer_days={"session": 7}))
    found = page(alice_client, memory)
    assert "Its last day has passed" in found
    assert "Memories of the layer “session” end after 7 days without a change." in found
    post(alice_client, memory, "memory_life", layer="session", expiration_date="")
    assert Memory.objects.unexpired().get() == memory


def test_what_was_archived_is_brought_back_by_one_press(
    alice_client: Client, remember: Remember, settings_are: Settings
) -> None:
    merged, stays = remember("I really like tea", run_id="r1"), remember("I like tea", run_id="r2")
    Memory.objects.filter(pk=stays.pk).update(visits=1)
    relieve(settings_are(capacity=1))
    found = page(alice_client, merged)
    assert "Archived: apps don’t recall it" in found
    assert reverse("memory_detail", args=[stays.pk]) in found
    assert "The memory is back." in post(alice_client, merged, "memory_restore")
    assert (merged.state, merged.superseded_by, merged.valid_until) == ("active", None, None)
    assert set(Memory.objects.active().holding()) == {merged, stays}


class TestList:
    @pytest.fixture(autouse=True)
    def two(self, remember: Remember) -> None:
        of_layer(remember("I am in Oslo"), Layer.SESSION, pinned=True)
        remember("I like tea")

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"layer": "session"}, ["I am in Oslo"]),
            ({"layer": "user"}, ["I like tea"]),
            ({"pinned": "yes"}, ["I am in Oslo"]),
            ({"pinned": "no", "layer": "session"}, []),
            ({"pinned": "no", "q": "tea"}, ["I like tea"]),
        ],
    )
    def test_it_narrows_by_layer_and_pin(
        self, alice_client: Client, query: dict[str, str], expected: list[str]
    ) -> None:
        assert shown(alice_client.get(URL, query)) == expected

    def test_rows_say_what_is_unusual_and_a_saved_search_keeps_it(self, alice_client: Client) -> None:
        text = text_of(alice_client.get(URL, {"q": ""}))
        assert f'href="{URL}?pinned=yes"' in text
        assert f'href="{URL}?layer=session"' in text
        assert f'href="{URL}?layer=user"' not in text
        response = alice_client.post("/memories/saved/", {"name": "Kept", "layer": "session", "pinned": "yes"})
        assert response["Location"] == f"{URL}?layer=session&pinned=yes"
        assert "Layer: Session" in text_of(alice_client.get(response["Location"]))
