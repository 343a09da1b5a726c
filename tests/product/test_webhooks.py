"""Webhooks of the running product, set up with the unmodified mem0 client and received by a server of ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from mem0 import AsyncMemoryClient, MemoryClient
from mem0.exceptions import MemoryNotFoundError, ValidationError

from tests.product.running import Product, eventually, running
from tests.webhooks.receiver import LOOPBACK, Receiver, Reply

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product that may send to this machine."""
    folder = tmp_path_factory.mktemp("hooks") / "data"
    with running(folder, OUTBOUND_ALLOWED_NETWORKS=LOOPBACK[0]) as product:
        yield product


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def project_id(product: Product) -> str:
    return product.account["project_id"]


@pytest.fixture(autouse=True)
def no_webhooks_stay(product: Product, project_id: str) -> Iterator[None]:
    yield
    with product.http() as http:
        for webhook in http.get(f"/api/v1/webhooks/projects/{project_id}/").json():
            http.delete(f"/api/v1/webhooks/{webhook['webhook_id']}/").raise_for_status()


def test_the_client_sets_up_lists_changes_and_deletes(client: MemoryClient, project_id: str) -> None:
    given = {"url": "https://example.com/hook", "name": "Logger", "event_types": ["memory_add"]}
    created = client.create_webhook(project_id=project_id, **given)
    assert {key: created[key] for key in given} == given
    assert created["is_active"] is True
    webhook_id = created["webhook_id"]
    assert [webhook["webhook_id"] for webhook in client.get_webhooks(project_id)] == [webhook_id]
    answer = client.update_webhook(webhook_id, name="Other", event_types=["memory_update", "memory_delete"])
    assert answer == {"message": "Webhook updated successfully"}
    [listed] = client.get_webhooks(project_id)
    assert (listed["name"], listed["url"]) == ("Other", given["url"])
    assert listed["event_types"] == ["memory_update", "memory_delete"]
    assert client.delete_webhook(webhook_id) == {"message": "Webhook deleted successfully"}
    assert client.get_webhooks(project_id) == []


def test_the_async_client_does_too(product: Product, project_id: str) -> None:
    async def scenario() -> None:
        async with AsyncMemoryClient(api_key=product.api_key, host=product.url) as client:
            created = await client.create_webhook(
                url="https://example.com/", name="Logger", project_id=project_id, event_types=["memory_add"]
            )
            assert len(await client.get_webhooks(project_id)) == 1
            assert (await client.update_webhook(created["webhook_id"], name="Other"))["message"]
            assert (await client.delete_webhook(created["webhook_id"]))["message"]

    asyncio.run(scenario())


def test_the_client_is_told_what_is_wrong(client: MemoryClient, project_id: str) -> None:
    with pytest.raises(ValidationError, match="memory_categorize"):
        client.create_webhook("https://example.com/", "Logger", project_id, ["memory_eaten"])
    with pytest.raises(ValidationError, match="private"):
        client.create_webhook("http://169.254.169.254/", "Logger", project_id, ["memory_add"])
    with pytest.raises(MemoryNotFoundError):
        client.get_webhooks(UNKNOWN_ID)
    with pytest.raises(MemoryNotFoundError):
        client.delete_webhook(UNKNOWN_ID)


def test_what_is_added_changed_and_deleted_arrives_signed(
    client: MemoryClient, project_id: str, person: str, receiver: Receiver
) -> None:
    kinds = ["memory_add", "memory_update", "memory_delete", "ingest_job_completed"]
    webhook = client.create_webhook(receiver.url, "Logger", project_id, kinds)
    added = client.add([{"role": "user", "content": "I am allergic to peanuts."}], user_id=person)
    eventually(lambda: len(receiver.requests) >= 2)
    memory_id = client.get_all(filters={"user_id": person})["results"][0]["id"]
    client.update(memory_id, text="I am allergic to walnuts.")
    client.delete(memory_id)
    eventually(lambda: len(receiver.requests) >= 4)
    told = {body["event_details"]["event"]: body for body in receiver.verified(webhook["secret"])}
    for event, text in (("ADD", "peanuts"), ("UPDATE", "walnuts"), ("DELETE", "walnuts")):
        details = {"id": memory_id, "data": {"memory": f"I am allergic to {text}."}, "event": event}
        assert told[event] == {"event_details": details}
    assert told["INGEST_JOB_COMPLETED"]["event_details"]["id"] == added["event_id"]
    assert len({request.id for request in receiver.requests}) == 4


def test_a_failure_is_tried_again_by_itself(
    client: MemoryClient, project_id: str, person: str, receiver: Receiver
) -> None:
    webhook = client.create_webhook(receiver.url, "Logger", project_id, ["memory_add"])
    receiver.script(Reply(500))
    client.add([{"role": "user", "content": "I like tea"}], user_id=person, infer=False)
    eventually(lambda: len(receiver.requests) >= 2, seconds=60)
    assert len({request.id for request in receiver.requests}) == 1
    receiver.verified(webhook["secret"])


def test_slow_receivers_hold_up_neither_ingestion_nor_others(
    client: MemoryClient, product: Product, project_id: str, person: str, receiver: Receiver
) -> None:
    with Receiver() as slow:
        slow.script(*[Reply(delay=60)] * 50)
        for _ in range(3):
            client.create_webhook(slow.url, "Slow", project_id, ["memory_add"])
        client.create_webhook(receiver.url, "Quick", project_id, ["memory_add"])
        client.add([{"role": "user", "content": "I like tea"}], user_id=person, infer=False)
        eventually(lambda: len(slow.requests) >= 2)
        began = time.monotonic()
        added = client.add([{"role": "user", "content": "I moved to Osaka in May."}], user_id=person)
        assert product.finished(added["event_id"], seconds=8)["status"] == "SUCCEEDED"
        assert time.monotonic() - began < 8, "Two of the worker's four threads wait for the slow ones meanwhile."
        eventually(lambda: len(receiver.requests) >= 2, seconds=40)
