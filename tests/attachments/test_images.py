"""Images with messages, seen by a model or kept unseen; and attachments gone with their message."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from memories.attachments.kinds import IMAGE, TXT, Attached
from memories.ingestion import attachments as step
from memories.models import Attachment, EndUser, Event, Message
from memories.services.changes import Actor
from memories.services.forgetting import erase_entity
from memories.services.ingest import ingest, retry
from tests.attachments.messages import at, done, is_look, tell, texts
from tests.extraction.replies import block, statements_of_users
from tests.files import FileServer, png
from tests.providers.wire import OpenAIWire, chat, error


@pytest.mark.django_db
class TestImages:
    def test_without_a_vision_model_it_is_kept_and_says_so(self, alice: User, files: FileServer) -> None:
        event = done(tell(alice, "I keep bees.", at(IMAGE, files.offer("/a.png", png(), "image/png"))))
        assert event.status == "SUCCEEDED"
        assert texts() == ["I keep bees."]
        assert "No vision model is configured: the image was kept, not read." in event.notes[0]
        attachment = Attachment.objects.get()
        assert (bytes(attachment.content or b""), attachment.media_type) == (png(), "image/png")

    def test_an_image_alone_fails_until_a_model_can_see(
        self, alice: User, files: FileServer, settings: Any, wire: OpenAIWire
    ) -> None:
        vision = settings.PROVIDERS["vision"]
        settings.PROVIDERS = {kind: p for kind, p in settings.PROVIDERS.items() if kind != "vision"}
        event = done(tell(alice, "", at(IMAGE, files.offer("/a.png", png(), "image/png"))))
        assert (event.status, event.error_code) == ("FAILED", "NothingRead")
        settings.PROVIDERS = {**settings.PROVIDERS, "vision": vision}
        retry(event=event)
        assert done(event).status == "SUCCEEDED"
        assert files.asked == ["/a.png"], "it was kept, so it is not fetched again"

    def test_the_model_sees_it_and_its_words_are_read_as_the_messages(
        self, alice: User, files: FileServer, wire: OpenAIWire
    ) -> None:
        event = done(tell(alice, "This is Rex.", at(IMAGE, files.offer("/a.png", png(), "image/png"))))
        assert event.status == "SUCCEEDED", event.error
        look, reading = wire.chats
        system, user = look["messages"]
        assert "data" in system["content"]
        url = "data:image/png;base64," + base64.b64encode(png()).decode()
        assert user["content"][1] == {"type": "image_url", "image_url": {"url": url}}
        assert "This is Rex." in user["content"][0]["text"]
        (turn,) = block(reading["messages"][1]["content"], "conversation")
        assert turn["text"] == "This is Rex.\n\n[image: A brown dog.]"
        assert "[image: …]" in reading["messages"][0]["content"]
        attachment = Attachment.objects.get()
        assert (attachment.text, attachment.reader) == ("A brown dog.", "sees")
        assert (event.input_tokens, event.output_tokens) == (22, 14), "both calls are counted"

    def test_a_conversation_without_attachments_has_the_prompt_it_always_had(
        self, alice: User, wire: OpenAIWire
    ) -> None:
        done(tell(alice, "I keep bees."))
        assert "[image" not in wire.chats[0]["messages"][0]["content"]

    def test_a_model_that_refuses_loses_nothing_else(self, alice: User, wire: OpenAIWire) -> None:
        wire.script(chat(None, refusal="I can't look at this."))
        event = done(tell(alice, "I keep bees.", Attached(IMAGE, content=png(), media_type="image/png")))
        assert event.status == "SUCCEEDED"
        assert texts() == ["I keep bees."]
        assert "It was kept, not read: sees refused" in event.notes[0]

    def test_a_model_that_is_busy_is_asked_again_and_paid_once(self, alice: User, wire: OpenAIWire) -> None:
        wire.script(error(429, "Slow down.", headers={"Retry-After": "60"}))
        image = Attached(IMAGE, content=png(), media_type="image/png")
        event = done(tell(alice, "I keep bees.", image))
        assert (event.status, event.error_code) == ("PENDING", "ProviderRateLimited")
        assert event.available_at > timezone.now()
        Event.objects.update(available_at=timezone.now())
        wire.reply_with(lambda request: "A dog." if is_look(request) else error(500, "Oops."))
        assert done(event).error_code == "ProviderUnavailable"
        Event.objects.update(available_at=timezone.now())
        wire.reply_with(statements_of_users)
        assert done(event).status == "SUCCEEDED"
        assert sum(is_look(request) for request in wire.chats) == 2, "once refused, once answered"


@pytest.mark.django_db
class TestForgetting:
    def test_erasing_a_person_leaves_nothing(self, alice: User) -> None:
        done(tell(alice, "I keep bees.", Attached(TXT, content=b"I sing.", media_type="text/plain")))
        assert Attachment.objects.get().end_user
        erase_entity(entity=EndUser.objects.get(name="ann"), actor=Actor(label="alice"))
        assert not Attachment.objects.exists()
        assert not Message.objects.exists()

    def test_a_message_takes_its_attachments_along(self, alice: User) -> None:
        tell(alice, "I keep bees.", Attached(TXT, content=b"I sing.", media_type="text/plain"))
        Message.objects.all().delete()
        assert not Attachment.objects.exists()

    def test_a_person_erased_while_their_file_is_read_leaves_nothing(
        self, alice: User, files: FileServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        event = tell(alice, "I keep bees.", at(TXT, files.offer("/a", b"I sing.", "text/plain")))
        fetch = step.download

        def erase_meanwhile(*args: Any, **more: Any) -> Any:
            erase_entity(entity=EndUser.objects.get(name="ann"), actor=Actor(label="alice"))
            return fetch(*args, **more)

        monkeypatch.setattr(step, "download", erase_meanwhile)
        ingest(event.pk)
        assert not Attachment.objects.exists()
        assert texts() == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_fetched_or_looked_at_inside_a_transaction_or_with_a_connection(
    alice: User, files: FileServer, wire: OpenAIWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[bool, bool]] = []

    def watched(name: str) -> None:
        call = getattr(step, name)

        def watch(*args: Any, **more: Any) -> Any:
            seen.append((connection.in_atomic_block, connection.connection is None))
            return call(*args, **more)

        monkeypatch.setattr(step, name, watch)

    watched("download")
    watched("read_document")
    assert "memories.ingestion.attachments.read" in django_settings.INGESTION
    url = files.offer("/a", b"I sing.", "text/plain")
    assert done(tell(alice, "I keep bees.", at(TXT, url))).status == "SUCCEEDED"
    assert seen == [(False, True), (False, True)]
