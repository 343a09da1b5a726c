"""Webhooks, from their making to their end. That they are told what happens is in tests/product/test_webhooks.py."""

from __future__ import annotations

import pytest

from tests.conformance.clients import Client, ClientError, plain
from tests.conformance.test_memories import UNKNOWN, saying
from tests.product.running import Product

GIVEN = {"url": "https://example.com/hook", "name": "Logger", "event_types": ["memory_add"]}


@pytest.mark.method("get_webhooks", "create_webhook", "update_webhook", "delete_webhook")
def test_a_webhook_is_made_listed_changed_and_deleted(client: Client, product: Product) -> None:
    def listed() -> list[dict[str, object]]:
        return list(plain(client.call("get_webhooks", project_id=project)))

    project = product.account["project_id"]
    # TypeScript takes its key's project, whatever it is told.
    webhook = plain(client.call("create_webhook", project_id=project, **GIVEN))
    assert {name: webhook[name] for name in GIVEN} == GIVEN
    assert [(found["webhook_id"], found["is_active"]) for found in listed()] == [(webhook["webhook_id"], True)]
    changes = {"name": "Other", "event_types": ["memory_update", "memory_delete"]}
    assert client.call("update_webhook", webhook_id=webhook["webhook_id"], **changes)["message"]
    (changed,) = listed()
    assert {name: changed[name] for name in GIVEN} == {**GIVEN, **changes}
    assert client.call("delete_webhook", webhook_id=webhook["webhook_id"])["message"]
    assert listed() == []


@pytest.mark.method("create_webhook", "delete_webhook")
def test_what_is_wrong_is_refused(client: Client, product: Product) -> None:
    with pytest.raises(ClientError, match=saying(client, "There is no webhook", "404 Not Found")):
        client.call("delete_webhook", webhook_id=UNKNOWN)
    inside = {**GIVEN, "url": "http://169.254.169.254/", "project_id": product.account["project_id"]}
    with pytest.raises(ClientError, match=saying(client, "private")):
        client.call("create_webhook", **inside)
