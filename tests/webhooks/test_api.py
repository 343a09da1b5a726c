"""Webhooks over the API: mem0's calls and our own."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Project, User
from memories.models import Webhook, WebhookDelivery
from memories.models.webhook import EventType
from memories.services.webhooks.setup import MOST_PER_PROJECT
from tests.conftest import Remember, api_client
from tests.webhooks.conftest import later, only, send_all
from tests.webhooks.receiver import Receiver, Reply

GIVEN = {"name": "My app", "url": "https://example.com/hook", "event_types": ["memory_add", "memory_delete"]}


@pytest.fixture
def base(alice_project: Project) -> str:
    return f"/api/v1/webhooks/projects/{alice_project.pk}/"


def create(api: APIClient, base: str, **given: Any) -> dict[str, Any]:
    answer = api.post(base, {**GIVEN, **given})
    assert answer.status_code == 201, answer.json()
    return dict(answer.json())


def test_the_object_is_mem0s_and_the_secret_is_shown_once(
    alice_api: APIClient, base: str, alice_project: Project
) -> None:
    created = create(alice_api, base)
    secret = created.pop("secret")
    assert secret.startswith("whsec_")
    assert {key: created[key] for key in GIVEN} == GIVEN
    assert created["is_active"] is True
    assert created["owner"] == "alice@example.com"
    assert created["project"] == str(alice_project.pk)
    assert {"webhook_id", "created_at", "updated_at"} <= set(created)
    listed = alice_api.get(base)
    assert listed.json() == [created]
    assert alice_api.get(f"/api/v1/webhooks/{created['webhook_id']}/").json() == created
    assert secret not in listed.content.decode()


def test_a_change_changes_what_is_given_and_nothing_else(alice_api: APIClient, base: str) -> None:
    created = create(alice_api, base)
    url = f"/api/v1/webhooks/{created['webhook_id']}/"
    answer = alice_api.put(url, {"event_types": ["memory_update", "memory_update"], "something": "else"})
    assert (answer.status_code, answer.json()) == (200, {"message": "Webhook updated successfully"})
    changed = alice_api.get(url).json()
    assert changed["event_types"] == ["memory_update"]
    assert (changed["name"], changed["url"]) == (created["name"], created["url"])
    assert changed["updated_at"] > created["updated_at"]
    alice_api.put(url, {"is_active": False})
    off = alice_api.get(url).json()
    assert (off["is_active"], off["disabled_because"]) == (False, "person")
    alice_api.put(url, {"is_active": True})
    assert alice_api.get(url).json()["is_active"] is True


def test_delete_takes_the_log_along(alice_api: APIClient, base: str, remember: Remember) -> None:
    url = f"/api/v1/webhooks/{create(alice_api, base)['webhook_id']}/"
    remember("I like tea")
    assert WebhookDelivery.objects.count() == 1
    answer = alice_api.delete(url)
    assert (answer.status_code, answer.json()) == (200, {"message": "Webhook deleted successfully"})
    assert not WebhookDelivery.objects.exists()
    assert alice_api.get(url).status_code == 404
    assert AuditEntry.objects.filter(action="webhook.delete").count() == 1


@pytest.mark.parametrize("method", ["post", "put"])
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"event_types": ["memory_add", "memory_eaten"]}, ["'memory_eaten'", *EventType.values]),
        ({"event_types": []}, ["event_types"]),
        ({"event_types": "memory_add"}, ["event_types"]),
        ({"event_types": [{"a": 1}]}, ["event_types"]),
        ({"name": ""}, ["name"]),
        ({"name": "x" * 101}, ["name"]),
        ({"url": "ftp://example.com/"}, ["url", "https://"]),
        ({"url": "example.com/hook"}, ["url", "https://"]),
        ({"url": "http://"}, ["url"]),
        ({"url": "http://127.0.0.1:9000/hook"}, ["url", "private", "OUTBOUND_ALLOWED_NETWORKS"]),
        ({"url": "http://localhost/hook"}, ["private"]),
        ({"url": "http://169.254.169.254/latest/meta-data/"}, ["private"]),
        ({"url": "https://10.0.0.1/"}, ["private"]),
        ({"url": "https://[::1]/"}, ["private"]),
        ({"url": "https://ann:secret@example.com/"}, ["password"]),
    ],
)
def test_what_can_not_be_is_refused_with_the_reason(
    alice_api: APIClient, base: str, method: str, given: dict[str, Any], words: list[str]
) -> None:
    if method == "post":
        answer = alice_api.post(base, {**GIVEN, **given})
    else:
        created = create(alice_api, base)
        answer = alice_api.put(f"/api/v1/webhooks/{created['webhook_id']}/", given)
        assert alice_api.get(base).json()[0]["url"] == GIVEN["url"]
    assert answer.status_code == 400
    assert all(word in answer.json()["detail"] for word in words), answer.json()
    assert Webhook.objects.count() == (method == "put")


@pytest.mark.parametrize("missing", GIVEN)
def test_nothing_may_be_missing(alice_api: APIClient, base: str, missing: str) -> None:
    answer = alice_api.post(base, {key: value for key, value in GIVEN.items() if key != missing})
    assert answer.status_code == 400
    assert missing in answer.json()["detail"]


def test_a_change_of_nothing_is_said(alice_api: APIClient, base: str) -> None:
    created = create(alice_api, base)
    answer = alice_api.put(f"/api/v1/webhooks/{created['webhook_id']}/", {})
    assert answer.status_code == 400
    assert "nothing to change" in answer.json()["detail"]


def test_ids(alice_api: APIClient) -> None:
    unknown = uuid.uuid4()
    for path in ("projects/1/", "7/"):
        assert alice_api.get(f"/api/v1/webhooks/{path}").status_code == 400
    for path in (f"projects/{unknown}/", f"{unknown}/"):
        answer = alice_api.get(f"/api/v1/webhooks/{path}")
        assert answer.status_code == 404
        assert answer.json()["error"]


def test_a_project_has_its_fill(alice_api: APIClient, base: str) -> None:
    for number in range(MOST_PER_PROJECT):
        create(alice_api, base, name=f"{number}")
    answer = alice_api.post(base, GIVEN)
    assert answer.status_code == 400
    assert str(MOST_PER_PROJECT) in answer.json()["detail"]


def test_a_key_of_another_project_of_the_same_person(alice: User, alice_project: Project, base: str) -> None:
    other = Project.objects.create(organization=alice_project.organization, name="Other")
    webhook = create(api_client(alice), base)
    Webhook.objects.update(project=other)
    assert api_client(alice).get(f"/api/v1/webhooks/{webhook['webhook_id']}/").status_code == 404


def test_test_log_and_replay(alice_api: APIClient, base: str, receiver: Receiver) -> None:
    created = create(alice_api, base, url=receiver.url)
    url = f"/api/v1/webhooks/{created['webhook_id']}/"
    receiver.script(Reply(404, b"not here"))
    sent = alice_api.post(f"{url}test/").json()
    assert (sent["event_type"], sent["status"], sent["attempts"]) == ("ping", "PENDING", 0)
    assert sent["next_attempt_at"]
    again = alice_api.post(f"{url}deliveries/{sent['id']}/replay/")
    assert again.status_code == 409
    send_all()
    page = alice_api.get(f"{url}deliveries/").json()
    assert page["count"] == 1
    [entry] = page["results"]
    assert (entry["answer_status"], entry["answer"], entry["error"]) == (404, "not here", "It answered 404.")
    later(seconds=6)
    send_all()
    assert only().status == "SUCCEEDED"
    replayed = alice_api.post(f"{url}deliveries/{sent['id']}/replay/").json()
    assert (replayed["id"], replayed["status"]) == (sent["id"], "PENDING")
    send_all()
    assert [request.id for request in receiver.requests] == [sent["id"]] * 3
    receiver.verified(created["secret"])


def test_a_disabled_one_is_not_tested(alice_api: APIClient, base: str) -> None:
    url = f"/api/v1/webhooks/{create(alice_api, base)['webhook_id']}/"
    alice_api.put(url, {"is_active": False})
    assert alice_api.post(f"{url}test/").status_code == 409
    assert not WebhookDelivery.objects.exists()


def test_rotation_shows_a_new_secret_once(alice_api: APIClient, base: str) -> None:
    created = create(alice_api, base)
    answer = alice_api.post(f"/api/v1/webhooks/{created['webhook_id']}/rotate/").json()
    assert answer["secret"].startswith("whsec_")
    assert answer["secret"] != created["secret"]
    assert answer["message"]
    assert "secret" not in alice_api.get(base).json()[0]


def test_a_delivery_of_another_webhook_is_not_found(alice_api: APIClient, base: str, remember: Remember) -> None:
    one, other = create(alice_api, base), create(alice_api, base, event_types=["memory_update"])
    remember("I like tea")
    delivery = WebhookDelivery.objects.get()
    assert str(delivery.webhook_id) == one["webhook_id"]
    WebhookDelivery.objects.update(status="SUCCEEDED")
    path = f"/api/v1/webhooks/{other['webhook_id']}/deliveries/{delivery.pk}/replay/"
    assert alice_api.post(path).status_code == 404
