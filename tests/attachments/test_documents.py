"""What comes with messages: fetched by the worker, read, kept; and what can't be."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from memories.attachments.kinds import IMAGE, MDX, PDF, TXT, Attached
from memories.ingestion import attachments as step
from memories.models import Attachment, Event, Message
from memories.services.ingest import retry
from memories.services.record import Said
from tests.attachments.messages import at, done, tell, texts
from tests.files import SVG, FileServer, pdf, png

PRIVATE = "private network"


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
