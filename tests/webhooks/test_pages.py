"""The webhooks pages: set up, shown once, tested, switched, and the log."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Project
from memories.models import Memory, Webhook, WebhookDelivery
from memories.services.changes import Actor
from memories.services.forgetting import purge
from memories.services.webhooks.setup import MOST_PER_PROJECT
from tests.conftest import Remember
from tests.pages.markup import text_of
from tests.webhooks.conftest import Hook, later, only, send_all
from tests.webhooks.receiver import Receiver, Reply

GIVEN = {"name": "My app", "url": "https://example.com/hook", "event_types": ["memory_add", "memory_delete"]}


def create(client: Client, **fields: Any) -> Any:
    return client.post("/webhooks/create/", {**GIVEN, **fields})


def test_a_newcomer_is_told_what_it_is_for(alice_client: Client) -> None:
    page = text_of(alice_client.get("/webhooks/"))
    assert "No webhooks yet" in page
    assert page.count('type="checkbox"') == 8
    assert 'href="/webhooks/"' in text_of(alice_client.get("/keys/"))


def test_the_secret_is_shown_exactly_once(alice_client: Client, alice_project: Project) -> None:
    response = create(alice_client)
    [secret] = re.findall(r'value="(whsec_[^"]+)"', text_of(response))
    assert "no-store" in response["Cache-Control"]
    webhook = Webhook.objects.get()
    assert (webhook.project, webhook.secret, webhook.event_types) == (alice_project, secret, GIVEN["event_types"])
    assert webhook.created_by is not None
    for address in ("/webhooks/", f"/webhooks/{webhook.pk}/", f"/webhooks/{webhook.pk}/edit/"):
        page = text_of(alice_client.get(address))
        assert "My app" in page
        assert "whsec_" not in page


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"event_types": []},
        {"event_types": ["memory_eaten"]},
        {"url": "no address"},
        {"url": "http://localhost:9000/"},
        {"url": "http://169.254.169.254/"},
    ],
)
def test_a_form_that_is_not_right_is_422_and_changes_nothing(alice_client: Client, fields: dict[str, Any]) -> None:
    response = create(alice_client, **fields)
    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    assert not Webhook.objects.exists()
    create(alice_client)
    webhook = Webhook.objects.get()
    response = alice_client.post(f"/webhooks/{webhook.pk}/edit/", {**GIVEN, "name": "Other", **fields})
    assert response.status_code == 422
    assert "errorlist" in text_of(response)
    webhook.refresh_from_db()
    assert (webhook.name, webhook.url) == (GIVEN["name"], GIVEN["url"])


def test_a_project_has_its_fill(alice_client: Client) -> None:
    for _ in range(MOST_PER_PROJECT):
        create(alice_client)
    response = create(alice_client)
    assert response.status_code == 422
    assert "at most 20 webhooks" in text_of(response)


def test_it_is_changed(alice_client: Client, hook: Hook) -> None:
    webhook = hook("memory_add")
    form = text_of(alice_client.get(f"/webhooks/{webhook.pk}/edit/"))
    assert re.search(r'value="memory_add"[^>]*checked', form)
    changed = {**GIVEN, "name": "Other", "event_types": ["memory_update"]}
    page = text_of(alice_client.post(f"/webhooks/{webhook.pk}/edit/", changed, follow=True))
    assert "The webhook is changed." in page
    webhook.refresh_from_db()
    assert (webhook.name, webhook.url, webhook.event_types) == ("Other", GIVEN["url"], ["memory_update"])


def test_a_test_is_sent_and_the_log_tells_of_it(alice_client: Client, hook: Hook, receiver: Receiver) -> None:
    webhook = hook("memory_add")
    receiver.script(Reply(503, b"<b>later</b>"))
    page = text_of(alice_client.post(f"/webhooks/{webhook.pk}/test/", follow=True))
    assert "A test is on its way" in page
    assert 'hx-trigger="every 2s"' in page
    send_all()
    page = text_of(alice_client.get(f"/webhooks/{webhook.pk}/"))
    assert "It answered 503." in page
    assert "&lt;b&gt;later&lt;/b&gt;" in page
    assert "Failing" in page
    later(seconds=6)
    send_all()
    page = text_of(alice_client.get(f"/webhooks/{webhook.pk}/"))
    assert "It answered 503." not in page
    assert "Delivered" in page
    assert "PING" in page
    assert "every 2s" not in page


def test_the_log_alone_is_what_htmx_gets(alice_client: Client, hook: Hook) -> None:
    part = text_of(alice_client.get(f"/webhooks/{hook().pk}/", headers={"HX-Request": "true"}))
    assert part.lstrip().startswith('<div class="row row-cards" id="log"')


def test_replay_by_a_button(alice_client: Client, hook: Hook, receiver: Receiver, remember: Remember) -> None:
    webhook = hook("memory_add")
    remember("I like <i>tea</i>")
    send_all()
    page = text_of(alice_client.get(f"/webhooks/{webhook.pk}/"))
    assert "I like &lt;i&gt;tea&lt;/i&gt;" in page
    action = f"/webhooks/{webhook.pk}/deliveries/{only().pk}/replay/"
    assert f'action="{action}"' in page
    assert "is being sent again" in text_of(alice_client.post(action, follow=True))
    assert "can’t be sent again" in text_of(alice_client.post(action, follow=True))
    send_all()
    assert len(receiver.requests) == 2


def test_what_is_erased_is_said_to_be(alice_client: Client, hook: Hook, remember: Remember) -> None:
    webhook = hook("memory_add")
    memory = remember("I like tea")
    send_all()
    purge(memories=Memory.objects.filter(pk=memory.pk), actor=Actor(label="alice"))
    page = text_of(alice_client.get(f"/webhooks/{webhook.pk}/"))
    assert "has been erased" in page
    assert "replay" not in page


def test_the_log_is_narrowed_by_status_and_paged(alice_client: Client, hook: Hook) -> None:
    webhook = hook()
    statuses = ["SUCCEEDED"] * 30 + ["FAILED"]
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(webhook=webhook, project=webhook.project, event_type="ping", payload={}, status=status)
        for status in statuses
    )
    address = f"/webhooks/{webhook.pk}/"
    assert text_of(alice_client.get(address)).count("<details>") == 25
    assert text_of(alice_client.get(f"{address}?page=2")).count("<details>") == 6
    assert text_of(alice_client.get(f"{address}?status=FAILED")).count("<details>") == 1
    assert "No entry has this status" in text_of(alice_client.get(f"{address}?status=NONSENSE"))


def test_the_log_takes_the_same_queries_however_long(
    alice_client: Client, hook: Hook, django_assert_max_num_queries: Any
) -> None:
    webhook = hook()
    for _ in range(20):
        WebhookDelivery.objects.create(webhook=webhook, project=webhook.project, event_type="ping", payload={})
    with django_assert_max_num_queries(14):
        alice_client.get(f"/webhooks/{webhook.pk}/")


def test_disabled_and_enabled_by_hand(alice_client: Client, hook: Hook) -> None:
    webhook = hook()
    page = text_of(alice_client.post(f"/webhooks/{webhook.pk}/disable/", follow=True))
    assert "Somebody disabled it." in page
    assert f'action="/webhooks/{webhook.pk}/test/"' not in page
    assert "Enable it first" in text_of(alice_client.post(f"/webhooks/{webhook.pk}/test/", follow=True))
    assert not WebhookDelivery.objects.exists()
    page = text_of(alice_client.post(f"/webhooks/{webhook.pk}/enable/", follow=True))
    assert "The webhook is enabled" in page
    webhook.refresh_from_db()
    assert webhook.is_active


@pytest.mark.parametrize(("because", "words"), [("gone", "410 Gone"), ("failing", "Nothing got through for days.")])
def test_why_it_disabled_itself_is_said(alice_client: Client, hook: Hook, because: str, words: str) -> None:
    webhook = hook()
    Webhook.objects.update(disabled_because=because)
    assert words in text_of(alice_client.get(f"/webhooks/{webhook.pk}/"))
    assert "Disabled" in text_of(alice_client.get("/webhooks/"))


def test_a_new_secret_is_shown_once(alice_client: Client, hook: Hook) -> None:
    webhook = hook()
    response = alice_client.post(f"/webhooks/{webhook.pk}/rotate/")
    [secret] = re.findall(r'value="(whsec_[^"]+)"', text_of(response))
    assert "no-store" in response["Cache-Control"]
    assert "for a day" in text_of(response)
    old = webhook.secret
    webhook.refresh_from_db()
    assert (webhook.secret, webhook.previous_secret) == (secret, old)


def test_delete_asks_first(alice_client: Client, hook: Hook) -> None:
    webhook = hook()
    page = text_of(alice_client.get(f"/webhooks/{webhook.pk}/"))
    action = f"/webhooks/{webhook.pk}/delete/"
    assert re.search(rf'<details.*?<summary.*?<form[^>]*action="{action}".*?</details>', page, re.S)
    assert "is deleted" in text_of(alice_client.post(action, follow=True))
    assert not Webhook.objects.exists()


def test_an_auditor_reads_and_is_told_why_not_more(auditor_client: Client, hook: Hook) -> None:
    webhook = hook()
    for address in ("/webhooks/", f"/webhooks/{webhook.pk}/"):
        assert "<form" not in text_of(auditor_client.get(address)).partition("page-header")[2]
    assert create(auditor_client).status_code == 403


def test_webhooks_of_another_project_are_not_mixed_in(
    alice_client: Client, hook: Hook, alice_project: Project
) -> None:
    other = Project.objects.create(organization=alice_project.organization, name="Other")
    webhook = hook(project=other)
    assert "No webhooks yet" in text_of(alice_client.get("/webhooks/"))
    assert alice_client.get(f"/webhooks/{webhook.pk}/").status_code == 404
