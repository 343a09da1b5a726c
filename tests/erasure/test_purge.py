"""A purged memory is gone from every table, and nobody else's words are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from memories.models import EndUser, Event, KeyedCall, Memory, Message, WebhookDelivery
from memories.models.memory import MemoryVector
from memories.services import forgetting
from memories.services.erasure.certificates import NotErased
from memories.services.erasure.previews import preview_purge
from memories.services.forgetting import empty_trash, forget, purge
from memories.services.ingest import ingest
from tests.conftest import Remember
from tests.erasure.conftest import ACTOR, NAME, WORD, of
from tests.erasure.everywhere import tables_saying, words_of
from tests.pages.markup import text_of

HOLDING = [
    *("accesslog", "attachment", "event", "feedback", "keyedcall", "memory", "memoryexport", "memoryversion"),
    *("message", "profileline", "webhookdelivery"),
]


def test_it_is_gone_from_every_table(memory: Memory) -> None:
    EndUser.objects.update(metadata={})  # this is said of the person, not by the memory
    assert tables_saying(WORD) == [f"memories_{name}" for name in HOLDING]
    assert purge(memories=of(memory), actor=ACTOR) == 1
    assert tables_saying(WORD) == []
    assert tables_saying(str(memory.pk)) == ["accounts_auditentry", "memories_tombstone", "memories_webhookdelivery"]
    assert AuditEntry.objects.get(action="memory.purge").details == {}
    assert set(WebhookDelivery.objects.filter(object_id=memory.pk).values_list("payload", flat=True)) == {None}


def test_the_turn_stays_in_its_place_without_its_words(memory: Memory) -> None:
    message = memory.sources.get()
    purge(memories=of(memory), actor=ACTOR)
    message.refresh_from_db()
    assert (message.text, message.position) == ("[erased]", 0)
    event = Event.objects.get(pk=message.event_id)
    assert event.options == {}
    assert event.refusals == [{"text": "[erased]", "reason": "It cites no message."}]


def test_what_others_rest_on_keeps_their_words(remember: Remember, alice_project: Any) -> None:
    tea = remember("I like green tea. I live in  Osaka.")
    message = tea.sources.get()
    osaka = remember("I live in Osaka.", user_id="ben")
    osaka.sources.set([message])
    purge(memories=of(osaka), actor=ACTOR)
    message.refresh_from_db()
    assert message.text == "I like green tea. [erased]"
    tea.refresh_from_db()
    assert tea.state == Memory.State.ACTIVE
    assert MemoryVector.objects.filter(memory=tea).exists()


def test_what_comes_of_an_emptied_turn_is_not_the_mark(remember: Remember) -> None:
    memory = remember("I like green tea")
    event = Event.objects.get()
    purge(memories=of(memory), actor=ACTOR)
    Event.objects.filter(pk=event.pk).update(status="PENDING")
    ingest(event.pk)
    event.refresh_from_db()
    assert (event.status, Memory.objects.count()) == ("SUCCEEDED", 0)


def test_the_trash_is_emptied_as_thoroughly(memory: Memory, settings: Any) -> None:
    EndUser.objects.update(metadata={})
    forget(memories=of(memory), actor=ACTOR)
    settings.TRASH_DAYS = 0
    assert empty_trash() == 1
    assert tables_saying(WORD) == []


def test_what_could_not_be_erased_undoes_it_all(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "erase_answers", lambda **what: None)
    with pytest.raises(NotErased) as refusal:
        purge(memories=of(memory), actor=ACTOR)
    assert refusal.value.left == {"memories.KeyedCall": 1}
    assert Memory.objects.filter(pk=memory.pk).exists()
    assert Message.objects.filter(text__contains=WORD).exists()
    assert not AuditEntry.objects.filter(action="memory.purge").exists()


def test_a_preview_counts_what_goes(memory: Memory) -> None:
    preview = preview_purge(of(memory))
    assert preview.counts["memories.Memory"] == preview.counts["memories.Message"] == 1
    assert preview.counts["memories.MemoryVersion"] == 3
    assert preview.counts["memories.KeyedCall"] == KeyedCall.objects.exclude(answer=None).count() == 1
    assert "memories.EndUser" not in preview.counts
    assert preview.shared == 0
    assert Memory.objects.filter(pk=memory.pk).exists()


def test_a_person_sees_what_goes_and_lets_it_go(memory: Memory, alice_client: Client, auditor_client: Client) -> None:
    path = f"/memories/{memory.pk}/purge/"
    assert auditor_client.get(path).status_code == 403
    page = text_of(alice_client.get(path))
    assert WORD in page
    assert "Versions 3" in words_of(page)
    assert "gone from every table" in text_of(alice_client.post(path, follow=True))
    assert not Memory.objects.filter(pk=memory.pk).exists()
    assert EndUser.objects.filter(name=NAME).exists()
