"""The unmodified `mem0ai` 2.2.1 against the running product."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import httpx
import pytest
from mem0 import AsyncMemoryClient, MemoryClient
from mem0.exceptions import AuthenticationError, MemoryNotFoundError, ValidationError

from tests.files import pdf, png
from tests.product.running import Product, eventually

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"


def store(client: MemoryClient, person: str, *texts: str, **more: Any) -> list[dict[str, Any]]:
    """Add texts verbatim and return the memories, in order."""
    added = client.add([{"role": "user", "content": text} for text in texts], user_id=person, infer=False, **more)
    return [client.get(result["id"]) for result in added["results"]]


def texts(answer: dict[str, Any]) -> list[str]:
    return [memory["memory"] for memory in answer["results"]]


def test_a_conversation_becomes_a_searchable_memory(client: MemoryClient, product: Product, person: str) -> None:
    messages = [
        {"role": "user", "content": "Hi there! I am allergic to peanuts."},
        {"role": "assistant", "content": "Noted, you also hate celery."},
    ]
    answer = client.add(messages, user_id=person)
    assert answer["status"] == "PENDING"
    found = eventually(lambda: texts(client.search("peanut allergy", filters={"user_id": person})))
    assert found == ["I am allergic to peanuts."]
    event = product.event(answer["event_id"])
    assert event["status"] == "SUCCEEDED"
    assert [result["data"]["memory"] for result in event["results"]] == found


def test_infer_false_stores_every_word_at_once(client: MemoryClient, person: str) -> None:
    messages = [
        {"role": "system", "content": "You are helpful."},
        {"role": "user", "content": "hello"},
        {"role": "assistant", "content": "Hi!"},
    ]
    answer = client.add(messages, user_id=person, infer=False)
    assert answer["status"] == "SUCCEEDED"
    assert [(result["data"]["memory"], result["event"]) for result in answer["results"]] == [
        ("hello", "ADD"),
        ("Hi!", "ADD"),
    ]


def test_get_all_filters_and_pages(client: MemoryClient, person: str) -> None:
    store(client, person, *(f"Fact number {i}" for i in range(5)), metadata={"kind": "fact"})
    store(client, person, "An opinion", metadata={"kind": "opinion"}, agent_id="helper")
    everything = client.get_all(filters={"user_id": person})
    assert everything["count"] == 6
    assert texts(everything)[0] == "An opinion"
    page = client.get_all(filters={"user_id": person}, page=2, page_size=4)
    assert len(page["results"]) == 2
    assert page["next"] is None
    assert page["previous"] is not None
    both = {"AND": [{"user_id": person}, {"agent_id": "helper"}]}
    assert texts(client.get_all(filters=both)) == ["An opinion"]
    facts = {"AND": [{"user_id": person}, {"NOT": [{"metadata": {"kind": "opinion"}}]}]}
    assert client.get_all(filters=facts)["count"] == 5


def test_search_ranks_explains_and_stays_with_one_person(client: MemoryClient, person: str) -> None:
    store(client, person, "昨日は京都で抹茶を飲みました", "我明天要去医院看牙", "I work as a carpenter")
    store(client, f"{person}-other", "抹茶が好きです")
    for query, answer in (("抹茶", "昨日は京都で抹茶を飲みました"), ("医院", "我明天要去医院看牙")):
        best = client.search(query, filters={"user_id": person})["results"][0]
        assert best["memory"] == answer
        assert best["user_id"] == person
        assert best["score_breakdown"]["bm25"]["rank"] == 1
        assert 0 < best["score"] <= 1
    assert len(client.search("抹茶", filters={"user_id": person}, top_k=2)["results"]) == 2


def test_update_changes_text_and_vector_together(client: MemoryClient, person: str) -> None:
    (memory,) = store(client, person, "I live in Paris")
    updated = client.update(memory["id"], text="I live in Osaka now", metadata={"checked": True})
    assert updated["memory"] == "I live in Osaka now"
    best = client.search("Osaka", filters={"user_id": person})["results"][0]
    assert best["memory"] == "I live in Osaka now"
    assert best["metadata"] == {"checked": True}
    assert best["score_breakdown"]["semantic"]["score"] > 0.5


def test_history_tells_every_change(client: MemoryClient, person: str) -> None:
    (memory,) = store(client, person, "I live in Paris")
    client.update(memory["id"], text="I live in Osaka")
    client.delete(memory["id"])
    changes = client.history(memory["id"])
    assert [(c["event"], c["old_memory"], c["new_memory"]) for c in changes] == [
        ("ADD", None, "I live in Paris"),
        ("UPDATE", "I live in Paris", "I live in Osaka"),
        ("DELETE", "I live in Osaka", None),
    ]
    assert changes[0]["input"] == [{"role": "user", "content": "I live in Paris"}]


def test_a_deleted_memory_is_gone_for_every_call(client: MemoryClient, person: str) -> None:
    (memory,) = store(client, person, "I like olives")
    assert client.delete(memory["id"])["message"]
    with pytest.raises(MemoryNotFoundError):
        client.get(memory["id"])
    with pytest.raises(MemoryNotFoundError):
        client.delete(memory["id"])
    assert client.search("olives", filters={"user_id": person})["results"] == []
    assert client.get_all(filters={"user_id": person})["count"] == 0


def test_delete_all_takes_one_persons_memories_only(client: MemoryClient, person: str) -> None:
    store(client, person, "One", "Two")
    store(client, f"{person}-other", "Three")
    client.delete_all(user_id=person)
    assert client.get_all(filters={"user_id": person})["count"] == 0
    assert client.get_all(filters={"user_id": f"{person}-other"})["count"] == 1


@pytest.mark.parametrize("arguments", [{}, {"filters": {"user_id": "al"}}])
def test_delete_all_without_a_usable_scope_deletes_nothing(client: MemoryClient, person: str, arguments: Any) -> None:
    store(client, person, "Still here")
    with pytest.raises(ValidationError, match="Nothing was deleted"):
        client.delete_all(**arguments)
    assert client.get_all(filters={"user_id": person})["count"] == 1


def test_users_lists_people_and_delete_users_erases_them(client: MemoryClient, person: str) -> None:
    name = f"{person}/with slash & 空白 😀"
    store(client, name, "Something")
    entity = next(entity for entity in client.users()["results"] if entity["name"] == name)
    assert (entity["type"], entity["total_memories"]) == ("user", 1)
    assert client.delete_users(user_id=name) == {"message": "Entity deleted successfully."}
    assert name not in [entity["name"] for entity in client.users()["results"]]


def test_errors_are_the_clients_own(client: MemoryClient, product: Product, person: str) -> None:
    with pytest.raises(ValidationError, match="is not an id"):
        client.get("not-an-id")
    with pytest.raises(MemoryNotFoundError, match="There is no memory"):
        client.get(UNKNOWN_ID)
    with pytest.raises(ValidationError, match="Say whose memory this is"):
        client.add("I float")
    with pytest.raises(ValidationError, match="Unknown filter field 'colour'"):
        client.search("x", filters={"user_id": person, "colour": "red"})
    with httpx.Client() as http, pytest.raises(ValueError, match="not valid"):
        MemoryClient(api_key="mh_wrong_key", host=product.url, client=http)
    client.client.headers["Authorization"] = "Token mh_wrong_key"
    with pytest.raises(AuthenticationError):
        client.users()


def test_the_async_client_does_the_same(product: Product, person: str) -> None:
    async def scenario() -> None:
        async with AsyncMemoryClient(api_key=product.api_key, host=product.url + "/") as client:
            await main_path(client)

    async def main_path(client: AsyncMemoryClient) -> None:
        answer = await client.add("I play the cello on Sundays.", user_id=person)
        await asyncio.to_thread(product.finished, answer["event_id"])
        found = await client.search("cello", filters={"user_id": person})
        assert texts(found) == ["I play the cello on Sundays."]
        memory_id = found["results"][0]["id"]
        await client.update(memory_id, text="I play the viola on Sundays.")
        assert (await client.get(memory_id))["memory"] == "I play the viola on Sundays."
        assert len(await client.history(memory_id)) == 2
        await client.delete(memory_id)
        assert (await client.get_all(filters={"user_id": person}))["count"] == 0

    asyncio.run(scenario())


def test_two_adds_at_the_same_moment_are_both_kept(product: Product, person: str) -> None:
    async def scenario() -> list[dict[str, Any]]:
        said = [f"I own the bicycle number {i}." for i in range(8)]
        async with AsyncMemoryClient(api_key=product.api_key, host=product.url) as client:
            return list(await asyncio.gather(*(client.add(text, user_id=person) for text in said)))

    for answer in asyncio.run(scenario()):
        assert product.finished(answer["event_id"])["status"] == "SUCCEEDED"
    with product.http() as http:
        listed = http.post("/v3/memories/", json={"filters": {"user_id": person}}).json()
    assert sorted(texts(listed)) == [f"I own the bicycle number {i}." for i in range(8)]


def test_first_words_of_one_person_at_the_same_moment_are_all_kept(product: Product, person: str) -> None:
    async def scenario() -> list[dict[str, Any]]:
        said = [f"I own the bicycle number {i}." for i in range(16)]
        async with AsyncMemoryClient(api_key=product.api_key, host=product.url) as client:
            return list(await asyncio.gather(*(client.add(text, user_id=person, infer=False) for text in said)))

    answers = asyncio.run(scenario())
    assert all(answer["status"] == "SUCCEEDED" and len(answer["results"]) == 1 for answer in answers)
    with product.http() as http:
        assert http.post("/v3/memories/", json={"filters": {"user_id": person}}).json()["count"] == 16


def test_documents_and_images_go_along_as_the_docs_of_mem0_say(
    client: MemoryClient, product: Product, person: str
) -> None:
    def encoded(content: bytes) -> str:
        return base64.b64encode(content).decode()

    document = {"type": "mdx_url", "mdx_url": {"url": encoded(b"I moved to Osaka in May.")}}
    lease = {"type": "pdf_url", "pdf_url": {"url": encoded(pdf("My landlord is called Kana."))}}
    picture = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encoded(png())}"}}
    private = {"type": "txt_url", "txt_url": {"url": "http://169.254.169.254/latest/meta-data/"}}
    messages = [{"role": "user", "content": part} for part in (document, lease, picture, private)]
    answer = client.add(messages, user_id=person)
    assert answer["status"] == "PENDING"
    event = eventually(
        lambda: (e := product.event(answer["event_id"]))["status"] in ("SUCCEEDED", "FAILED") and e, seconds=40
    )
    assert event["status"] == "SUCCEEDED", event["error"]
    assert sorted(result["memory"] for result in event["results"]) == [
        "I moved to Osaka in May.",
        "My landlord is called Kana.",
    ]
    image, address = event["warnings"]
    assert "No vision model is configured" in image
    assert "private network" in address
    with pytest.raises(ValidationError):
        client.add([{"role": "user", "content": {"type": "image_url", "image_url": {"url": "x"}}}], user_id=person)
