"""What comes with messages: fetched by the worker, read, kept, and gone with the message."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.attachments.kinds import IMAGE, MDX, PDF, TXT, Attached
from memories.ingestion import attachments as step
from memories.models import Attachment, EndUser, Event, Memory, Message
from memories.services.changes import Actor
from memories.services.forgetting import erase_entity
from memories.services.ingest import ingest, retry
from memories.services.record import Conversation, Said, record
from tests.extraction.replies import block, statements_of_users
from tests.files import SVG, FileServer, pdf, png
from tests.providers.wire import OpenAIWire, chat, error

PRIVATE = "private network"


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


def is_look(request: dict[str, Any]) -> bool:
    return request["model"] == "sees"


def at(kind: str, url: str) -> Attached:
    return Attached(kind=kind, url=url)


def tell(user: User, text: str, *attachments: Attached, role: str = "user", **more: Any) -> Event:
    said = [Said(role=role, text=text, attachments=attachments), *more.pop("then", [])]
    conversation = Conversation(said=said, entities={"user_id": "ann"}, **more)
    return record(principal=Principal(user=user), project=personal_project(user=user), conversation=conversation)


def done(event: Event) -> Event:
    ingest(event.pk)
    event.refresh_from_db()
    return event


def texts() -> list[str]:
    return sorted(Memory.objects.values_list("text", flat=True))


@pytest.mark.django_db
class TestDocuments:
    @pytest.mark.parametrize(
        ("kind", "body", "media_type"),
        [
            (PDF, pdf("I live in Osaka."), "application/pdf"),
            (PDF, pdf("I live in Osaka."), "application/octet-stream"),
            (TXT, b"I live in Osaka.", "text/plain"),
            (MDX, b'import X from "x"\n\n<X>I live in Osaka.</X>', "text/markdown"),
        ],
    )
    def test_one_at_an_address_is_fetched_and_read(
        self, alice: User, files: FileServer, kind: str, body: bytes, media_type: str
    ) -> None:
        url = files.offer("/file", body, media_type)
        event = tell(alice, "I keep bees.", at(kind, url))
        assert files.asked == [], "the call itself fetches nothing"
        assert done(event).status == "SUCCEEDED"
        assert texts() == ["I keep bees.", "I live in Osaka."]
        assert event.notes == []
        attachment = Attachment.objects.get()
        assert bytes(attachment.content or b"") == body
        assert (attachment.size, attachment.sha256) == (len(body), hashlib.sha256(body).hexdigest())
        assert attachment.text == "I live in Osaka."
        assert attachment.read_at
        assert attachment.source_url == url
        assert Message.objects.get().text == "I keep bees.", "what was said stays as it was said"

    def test_one_that_was_sent_along_is_read_in_order(self, alice: User) -> None:
        first, second = (Attached(TXT, content=text, media_type="text/plain") for text in (b"I sing.", b"I dance."))
        done(tell(alice, "", first, second))
        assert texts() == ["I dance.", "I sing."]
        assert [a.text for a in Attachment.objects.order_by("position")] == ["I sing.", "I dance."]

    def test_without_extraction_it_is_one_memory_with_its_message(self, alice: User, files: FileServer) -> None:
        url = files.offer("/a.txt", b"I live in Osaka.", "text/plain")
        event = tell(alice, "My notes.", at(TXT, url), infer=False)
        assert event.status == "SUCCEEDED"
        assert texts() == ["My notes.\n\n[txt]\nI live in Osaka."]

    def test_a_long_one_is_read_in_part_and_says_so(self, alice: User) -> None:
        long = Attached(TXT, content=b"I live in Osaka. " + b"x" * 60_000, media_type="text/plain")
        event = done(tell(alice, "", long, Attached(TXT, content=b"I sing.", media_type="text/plain")))
        assert event.status == "SUCCEEDED"
        assert [("Only the first" in note) for note in event.notes] == [True, True]
        assert len(Attachment.objects.order_by("position")[0].text) == 50_000


@pytest.mark.django_db
class TestWhatCanNotBeRead:
    @pytest.mark.parametrize(
        ("path", "kind", "says"),
        [
            ("/nothing", TXT, "answered 404"),
            ("/page", TXT, "It is text/html"),
            ("/typeless", PDF, "of no stated type"),
            ("/picture-as-pdf", PDF, "not a PDF file"),
            ("/svg", IMAGE, "not a PNG, JPEG, GIF or WebP"),
            ("/large", TXT, "longer than 1000 bytes"),
            ("/inside", TXT, PRIVATE),
            ("/scan", PDF, "may be a scan"),
        ],
    )
    def test_the_rest_is_remembered_and_the_reason_is_told(
        self, alice: User, files: FileServer, settings: Any, path: str, kind: str, says: str
    ) -> None:
        settings.ATTACHMENT_MAX_BYTES = 1000
        files.offer("/page", b"<p>hi</p>", "text/html")
        files.files["/typeless"] = (200, {}, b"x")
        files.offer("/picture-as-pdf", png(), "application/pdf")
        files.offer("/svg", SVG, "image/svg+xml")
        files.offer("/large", b"x" * 1001, "text/plain")
        files.offer("/inside", b"", "text/plain", status=302, Location="http://169.254.169.254/latest/meta-data/")
        files.offer("/scan", pdf(""), "application/pdf")
        good = files.offer("/good", b"I live in Osaka.", "text/plain")
        event = done(tell(alice, "I keep bees.", at(kind, files.url + path), at(TXT, good)))
        assert event.status == "SUCCEEDED"
        assert texts() == ["I keep bees.", "I live in Osaka."]
        (note,) = event.notes
        assert says in note
        assert files.url + path in note
        assert says in Attachment.objects.get(position=0).note
        assert Attachment.objects.get(position=0).read_at is None

    def test_this_machine_is_not_asked_unless_the_operator_allows_it(
        self, alice: User, files: FileServer, settings: Any
    ) -> None:
        settings.OUTBOUND_ALLOWED_NETWORKS = []
        event = done(tell(alice, "I keep bees.", at(TXT, files.offer("/a", b"x", "text/plain"))))
        assert event.status == "SUCCEEDED"
        assert PRIVATE in event.notes[0]
        assert files.asked == []

    def test_nothing_at_all_fails_and_can_be_tried_again(self, alice: User, files: FileServer) -> None:
        event = done(tell(alice, "", at(TXT, files.url + "/later"), then=[Said(role="assistant", text="Thanks!")]))
        assert (event.status, event.error_code, event.attempts) == ("FAILED", "NothingRead", 1)
        assert "answered 404" in event.error
        files.offer("/later", b"I live in Osaka.", "text/plain")
        retry(event=event)
        assert done(event).status == "SUCCEEDED"
        assert texts() == ["I live in Osaka."]

    def test_a_passing_failure_is_tried_again_without_fetching_the_rest_again(
        self, alice: User, files: FileServer
    ) -> None:
        good = files.offer("/good", b"I live in Osaka.", "text/plain")
        busy = files.offer("/busy", b"", "text/plain", status=503)
        event = done(tell(alice, "I keep bees.", at(TXT, good), at(TXT, busy)))
        assert (event.status, event.error_code) == ("PENDING", "AttachmentUnavailable")
        assert texts() == []
        files.offer("/busy", b"My sister is Kana.", "text/plain")
        Event.objects.update(available_at=timezone.now())
        assert done(event).status == "SUCCEEDED"
        assert texts() == ["I keep bees.", "I live in Osaka.", "My sister is Kana."]
        assert files.asked == ["/good", "/busy", "/busy"]
        assert event.notes == []

    def test_after_the_last_try_the_rest_goes_on(self, alice: User, files: FileServer, settings: Any) -> None:
        settings.EVENT_MAX_TRIES = 2
        event = tell(alice, "I keep bees.", at(TXT, files.offer("/busy", b"", "text/plain", status=503)))
        assert done(event).status == "PENDING"
        Event.objects.update(available_at=timezone.now())
        assert done(event).status == "SUCCEEDED"
        assert texts() == ["I keep bees."]
        assert "answered 503" in event.notes[0]

    def test_a_slow_server_may_be_faster_later(
        self, alice: User, files: FileServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(step, "DOWNLOAD_SECONDS", 0.5)
        slow = files.offer("/slow", [b"x"] * 20, "text/plain")
        event = done(tell(alice, "I keep bees.", at(TXT, slow)))
        assert (event.status, event.error_code) == ("PENDING", "AttachmentUnavailable")
        assert "too long" in event.error

    def test_all_downloads_together_have_a_limit(
        self, alice: User, files: FileServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(step, "ALL_SECONDS", 0.0)
        event = done(tell(alice, "I keep bees.", at(TXT, files.offer("/a", b"I sing.", "text/plain"))))
        assert event.status == "PENDING"
        assert files.asked == []


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
