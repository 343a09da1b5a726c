"""Attachments on the pages, and their bytes as a browser gets them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.attachments.kinds import IMAGE, MDX, PDF, TXT, Attached
from memories.models import Attachment, Event, Memory
from memories.services.ingest import ingest
from memories.services.record import Conversation, Said, record
from tests.files import SVG, pdf, png
from tests.pages.markup import text_of

pytestmark = pytest.mark.django_db

IMAGE_FILE = Attached(IMAGE, content=png(), media_type="image/png")
TEXT_FILE = Attached(TXT, content=b"I live in Osaka. I like tea.", media_type="text/plain")


def tell(user: User, text: str, *attachments: Attached, **more: Any) -> Event:
    conversation = Conversation(
        said=[Said(role="user", text=text, attachments=attachments)], entities={"user_id": "ann"}, **more
    )
    event = record(principal=Principal(user=user), project=personal_project(user=user), conversation=conversation)
    ingest(event.pk)
    event.refresh_from_db()
    return event


def get(client: Client, attachment: Attachment) -> Any:
    return client.get(f"/attachments/{attachment.pk}/")


def test_an_image_is_shown_and_can_do_nothing(alice: User, alice_client: Client) -> None:
    tell(alice, "I keep bees.", IMAGE_FILE)
    response = get(alice_client, Attachment.objects.get())
    assert response.content == png()
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith("inline; filename=")
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("attached", "ending"),
    [
        (Attached(PDF, content=pdf("I sing."), media_type="application/pdf"), ".pdf"),
        (Attached(TXT, content=SVG, media_type="text/plain; charset=utf-8"), ".txt"),
        (Attached(MDX, content=b"<script>alert(1)</script> I sing.", media_type="text/plain"), ".mdx"),
    ],
)
def test_anything_else_is_a_file_to_save(alice: User, alice_client: Client, attached: Attached, ending: str) -> None:
    tell(alice, "I keep bees.", attached)
    response = get(alice_client, Attachment.objects.get())
    assert response.content == attached.content
    assert response["Content-Type"] == attached.media_type
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Content-Disposition"].endswith(f'{ending}"')
    assert "sandbox" in response["Content-Security-Policy"]


def test_a_memory_shows_the_file_it_came_from_with_its_words_marked(alice: User, alice_client: Client) -> None:
    tell(alice, "See my notes.", TEXT_FILE, IMAGE_FILE)
    memory = Memory.objects.get(text="I live in Osaka.")
    page = text_of(alice_client.get(f"/memories/{memory.pk}/"))
    text_file, image = Attachment.objects.order_by("position")
    assert "<mark>I live in Osaka.</mark> I like tea." in page
    assert '<details class="small" open>' in page
    assert f'href="/attachments/{text_file.pk}/"' in page
    assert f'src="/attachments/{text_file.pk}/"' not in page
    assert f'src="/attachments/{image.pk}/"' in page
    assert "the image was kept, not read" in page


def test_a_job_shows_what_was_sent_and_what_was_not_read(alice: User, alice_client: Client) -> None:
    event = tell(alice, "I keep bees.", TEXT_FILE, IMAGE_FILE)
    page = text_of(alice_client.get(f"/jobs/{event.pk}/"))
    text_file, image = Attachment.objects.order_by("position")
    assert "What was not read" in page
    assert f'src="/attachments/{image.pk}/"' in page
    assert f'href="/attachments/{text_file.pk}/"' in page
    assert "What was read in it" in page
    assert "I live in Osaka. I like tea." in page


def test_a_job_that_read_nothing_says_what_to_do(alice: User, alice_client: Client) -> None:
    page = text_of(alice_client.get(f"/jobs/{tell(alice, '', IMAGE_FILE).pk}/"))
    assert "NothingRead" in page
    assert "No vision model is configured" in page
    assert "set a vision model" in page


def test_an_address_that_was_never_fetched_is_named_and_leads_nowhere(alice: User, alice_client: Client) -> None:
    event = tell(alice, "I keep bees.", Attached(TXT, url="http://10.0.0.1/<script>"))
    page = text_of(alice_client.get(f"/jobs/{event.pk}/"))
    assert "http://10.0.0.1/&lt;script&gt;" in page
    assert "/attachments/" not in page
    assert get(alice_client, Attachment.objects.get()).status_code == 404


def test_pages_leave_the_bytes_in_the_database(
    alice: User, alice_client: Client, django_assert_max_num_queries: Any
) -> None:
    event = tell(alice, "I keep bees.", *[TEXT_FILE] * 5)
    with django_assert_max_num_queries(15) as queries:
        alice_client.get(f"/jobs/{event.pk}/")
    assert not any('"memories_attachment"."content"' in query["sql"] for query in queries.captured_queries)


def test_strangers_and_unknown_ids_find_nothing(alice: User, charlie_client: Client, alice_client: Client) -> None:
    tell(alice, "I keep bees.", TEXT_FILE)
    assert get(charlie_client, Attachment.objects.get()).status_code == 404
    assert alice_client.get(f"/attachments/{uuid4()}/").status_code == 404
    assert alice_client.post(f"/attachments/{Attachment.objects.get().pk}/").status_code == 405


def test_admins_see_that_there_is_a_file_and_not_its_bytes(alice: User, alice_client: Client) -> None:
    tell(alice, "I keep bees.", TEXT_FILE)
    User.objects.filter(pk=alice.pk).update(is_staff=True, is_superuser=True)
    attachment = Attachment.objects.get()
    for url in ("/admin/memories/attachment/", f"/admin/memories/attachment/{attachment.pk}/change/"):
        response = alice_client.get(url)
        assert response.status_code == 200
        assert str(attachment.pk) in response.content.decode()
