"""Images and documents as mem0's and OpenAI's clients send them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from rest_framework.test import APIClient

from memories.models import Attachment, Event, Message
from memories.services.ingest import ingest
from tests.files import SVG, FileServer, pdf, png

pytestmark = pytest.mark.django_db


def b64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def add(api: APIClient, content: Any, **more: Any) -> Any:
    messages = [{"role": "user", "content": content}]
    return api.post("/v3/memories/add/", {"messages": messages, "user_id": "ann", **more})


def done(answer: Any) -> Event:
    event = Event.objects.get(pk=answer.json()["event_id"])
    ingest(event.pk)
    event.refresh_from_db()
    return event


def test_the_call_answers_at_once_and_the_worker_reads(alice_api: APIClient) -> None:
    answer = add(alice_api, {"type": "mdx_url", "mdx_url": {"url": b64(b"I live in Osaka.")}})
    assert (answer.status_code, answer.json()["status"]) == (200, "PENDING")
    assert Attachment.objects.get().text == ""
    assert done(answer).status == "SUCCEEDED"
    assert Attachment.objects.get().text == "I live in Osaka."


def test_openai_style_parts_keep_their_words_and_their_image(alice_api: APIClient) -> None:
    parts = [
        {"type": "text", "text": "This is Rex."},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(png())}", "detail": "low"}},
    ]
    assert add(alice_api, parts).status_code == 200
    assert Message.objects.get().text == "This is Rex."
    assert bytes(Attachment.objects.get().content or b"") == png()


def test_a_conversation_may_be_nothing_but_an_attachment(alice_api: APIClient) -> None:
    assert add(alice_api, {"type": "pdf_url", "pdf_url": {"url": "https://example.com/a.pdf"}}).status_code == 200
    assert add(alice_api, [{"type": "text", "text": " "}]).status_code == 400


def test_without_extraction_the_memories_are_in_the_answer(alice_api: APIClient, settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with FileServer() as files:
        url = files.offer("/a.pdf", pdf("I live in Osaka."), "application/pdf")
        parts = [{"type": "pdf_url", "pdf_url": {"url": url}}, {"type": "text", "text": "My lease."}]
        parts.append({"type": "txt_url", "txt_url": {"url": files.url + "/nothing"}})
        body = add(alice_api, parts, infer=False).json()
    assert body["status"] == "SUCCEEDED"
    assert [result["memory"] for result in body["results"]] == ["My lease.\n\n[pdf]\nI live in Osaka."]
    assert "answered 404" in body["warnings"][0]


def test_without_extraction_a_failure_is_in_the_answer(alice_api: APIClient) -> None:
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(png())}"}}
    body = add(alice_api, image, infer=False).json()
    assert body["status"] == "FAILED"
    assert "No vision model is configured" in body["message"]


def test_an_event_tells_what_was_not_read(alice_api: APIClient) -> None:
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{b64(png())}"}}
    event = done(add(alice_api, [{"type": "text", "text": "I keep bees."}, image]))
    body = alice_api.get(f"/v1/event/{event.pk}/").json()
    assert body["status"] == "SUCCEEDED"
    assert body["warnings"] == ["image: No vision model is configured: the image was kept, not read."]
    assert alice_api.get("/v1/events/").json()["results"][0]["warnings"] == body["warnings"]


def test_an_event_without_attachments_warns_of_nothing(alice_api: APIClient) -> None:
    event = done(add(alice_api, "I keep bees."))
    assert alice_api.get(f"/v1/event/{event.pk}/").json()["warnings"] == []


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"type": "image_url", "image_url": {"url": f"data:image/svg+xml;base64,{b64(SVG)}"}}, "not a PNG"),
        ({"type": "pdf_url", "pdf_url": {"url": "ftp://example.com/a.pdf"}}, "http(s) address"),
        ({"type": "txt_url", "txt_url": {"url": b64(b"x" * 2000)}}, "larger than 1000 bytes"),
        ({"type": "video_url", "video_url": {"url": "https://example.com/a.mp4"}}, "video_url"),
    ],
)
def test_what_can_not_be_read_is_a_400_that_says_why(
    alice_api: APIClient, settings: Any, content: Any, says: str
) -> None:
    settings.ATTACHMENT_MAX_BYTES = 1000
    answer = add(alice_api, content)
    assert answer.status_code == 400
    assert says in answer.json()["detail"]
    assert not Event.objects.exists()


def test_one_call_can_not_make_us_ask_many_servers(alice_api: APIClient) -> None:
    parts = [{"type": "txt_url", "txt_url": {"url": f"https://example.com/{i}"}} for i in range(21)]
    assert "at most 20" in add(alice_api, parts).json()["detail"]
    assert add(alice_api, parts[:20]).status_code == 200
