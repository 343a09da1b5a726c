"""Adding, reading, changing and deleting memories."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conformance.clients import PYTHON, Client, ClientError, start
from tests.product.running import Product, eventually

UNKNOWN = "00000000-0000-4000-8000-000000000000"
method = pytest.mark.method


def results(answer: Any) -> list[dict[str, Any]]:
    """TypeScript 2 hands bare lists on; the others have them under `results`."""
    return list(answer["results"] if isinstance(answer, dict) else answer)


def texts(answer: Any) -> list[str]:
    return [memory["memory"] for memory in results(answer)]


def whose(client: Client, person: str, **more: Any) -> dict[str, Any]:
    """How a client says whose memories it means, in a search or a list."""
    if client.name.startswith("TypeScript 2"):
        return {"user_id": person, **more}
    return {"filters": {"user_id": person, **more.pop("filters", {})}, **more}


def saying(client: Client, message: str, status: str = "400 Bad Request") -> str:
    """What the client makes of our message: version 1 hands on httpx' own words when it is asynchronous."""
    return status if client.name == "Python 1 async" else message


def store(client: Client, person: str, *said: str, **more: Any) -> list[str]:
    """Store texts as they are, and return their ids in order."""
    messages = [{"role": "user", "content": text} for text in said]
    added = client.call("add", messages, user_id=person, infer=False, **more)
    return [result["id"] for result in results(added)]


@method("add", "search")
def test_a_conversation_becomes_memories(client: Client, person: str) -> None:
    messages = [
        {"role": "user", "content": "Hi there! I am allergic to peanuts."},
        {"role": "assistant", "content": "Noted."},
    ]
    queued = client.call("add", messages, user_id=person)
    assert re.search(r"event_?id", str(queued), re.IGNORECASE)
    found = eventually(lambda: texts(client.call("search", "peanut allergy", **whose(client, person))))
    assert found == ["I am allergic to peanuts."]


@method("add")
def test_words_are_stored_as_they_are(client: Client, person: str) -> None:
    (memory_id,) = store(client, person, "hello", metadata={"kind": "greeting"})
    memory = client.call("get", memory_id)
    assert memory["memory"] == "hello"
    assert memory["metadata"] == {"kind": "greeting"}


@method("add")
def test_nobody_in_particular_is_refused(client: Client) -> None:
    with pytest.raises(ClientError, match=saying(client, "Say whose memory this is")):
        client.call("add", [{"role": "user", "content": "I float"}], infer=False)


@method("get")
def test_get(client: Client, person: str) -> None:
    (memory_id,) = store(client, person, "I like tea", agent_id="barista", run_id="r1")
    memory = client.call("get", memory_id)
    assert (memory["id"], memory["memory"]) == (memory_id, "I like tea")
    spelled = {key.replace("_", "").lower(): value for key, value in memory.items()}
    assert (spelled["userid"], spelled["agentid"], spelled["categories"]) == (person, "barista", [])
    for wrong in (UNKNOWN, "not-an-id"):
        with pytest.raises(ClientError):
            client.call("get", wrong)


@method("get_all")
def test_get_all(client: Client, person: str) -> None:
    store(client, person, *(f"Fact {n}" for n in range(5)))
    store(client, f"{person}-other", "Somebody else's")
    assert sorted(texts(client.call("get_all", **whose(client, person)))) == [f"Fact {n}" for n in range(5)]
    page = client.call("get_all", **whose(client, person, page=2, page_size=2))
    assert texts(page) == ["Fact 2", "Fact 1"]


@method("search")
def test_search(client: Client, person: str) -> None:
    store(client, person, "昨日は京都で抹茶を飲みました", "I work as a carpenter", "I have two cats")
    best, *_rest = results(client.call("search", "抹茶", **whose(client, person, top_k=2)))
    assert best["memory"] == "昨日は京都で抹茶を飲みました"
    assert 0 < best["score"] <= 1
    assert len(_rest) == 1


@method("search")
def test_search_with_filters(client: Client, person: str) -> None:
    store(client, person, "I run on Mondays", agent_id="coach")
    store(client, person, "I run a shop")
    filters = {"AND": [{"user_id": person}, {"agent_id": "coach"}]}
    more = {"api_version": "v2"} if client.name == "TypeScript 2" else {}
    assert texts(client.call("search", "run", filters=filters, **more)) == ["I run on Mondays"]


@method("update")
def test_update(client: Client, person: str) -> None:
    (memory_id,) = store(client, person, "I live in Paris")
    client.call("update", memory_id, text="I live in Osaka", metadata={"checked": True})
    memory = client.call("get", memory_id)
    assert (memory["memory"], memory["metadata"]) == ("I live in Osaka", {"checked": True})


@method("history")
def test_history(client: Client, person: str) -> None:
    (memory_id,) = store(client, person, "I live in Paris")
    client.call("update", memory_id, text="I live in Osaka")
    changes = client.call("history", memory_id)
    assert [change["event"] for change in changes] == ["ADD", "UPDATE"]
    assert "I live in Osaka" in (changes[1].get("new_memory"), changes[1].get("newMemory"))


@method("delete")
def test_delete(client: Client, person: str) -> None:
    (memory_id,) = store(client, person, "I like olives")
    assert client.call("delete", memory_id)["message"]
    with pytest.raises(ClientError):
        client.call("get", memory_id)
    assert texts(client.call("get_all", **whose(client, person))) == []


@method("delete_all")
def test_delete_all(client: Client, person: str) -> None:
    store(client, person, "One", "Two")
    store(client, f"{person}-other", "Three")
    assert client.call("delete_all", user_id=person)["message"]
    assert texts(client.call("get_all", **whose(client, person))) == []
    assert texts(client.call("get_all", **whose(client, f"{person}-other"))) == ["Three"]


@method("delete_all")
def test_delete_all_of_nobody_deletes_nothing(client: Client, person: str) -> None:
    store(client, person, "Still here")
    with pytest.raises(ClientError, match=saying(client, "Nothing was deleted")):
        client.call("delete_all")
    assert texts(client.call("get_all", **whose(client, person))) == ["Still here"]


@method("delete_all")
def test_delete_all_of_the_project_says_so_four_times(client: Client, person: str) -> None:
    store(client, person, "One", agent_id="barista")
    store(client, f"{person}-other", "Two")
    client.call("delete_all", user_id="*", agent_id="*", app_id="*", run_id="*")
    assert texts(client.call("get_all", **whose(client, person))) == []
    assert texts(client.call("get_all", **whose(client, f"{person}-other"))) == []


@method("batch_update")
def test_batch_update(client: Client, person: str) -> None:
    first, second = store(client, person, "One", "Two")
    key = "memoryId" if client.name.startswith("TypeScript") else "memory_id"
    client.call("batch_update", [{key: first, "text": "Eins"}, {key: second, "text": "Zwei"}])
    assert sorted(texts(client.call("get_all", **whose(client, person)))) == ["Eins", "Zwei"]


@method("batch_delete")
def test_batch_delete(client: Client, person: str) -> None:
    first, second, _third = store(client, person, "One", "Two", "Three")
    ids: list[Any] = [first, second]
    client.call("batch_delete", [{"memory_id": memory_id} for memory_id in ids] if client.is_python else ids)
    assert texts(client.call("get_all", **whose(client, person))) == ["Three"]


@method("users", "delete_users")
def test_people_of_any_name_are_listed_and_erased(client: Client, person: str) -> None:
    # Only the newest clients encode a name; to the older ones a percent sign is what it encodes.
    newest = client.name in ("Python 2", "Python 2 async", "TypeScript 3")
    for suffix in ("", " with space", "/slash", " 空白😀", *(["%2F", "?a=b#c"] if newest else [])):
        name = f"{person}{suffix}"
        store(client, name, "Something")
        listed = results(client.call("users"))
        assert ("user", name) in [(entity["type"], entity["name"]) for entity in listed]
        client.call("delete_users", user_id=name)
        assert name not in [entity["name"] for entity in results(client.call("users"))]


@method(only=PYTHON)
def test_chat_asks_no_server(client: Client) -> None:
    with pytest.raises(ClientError, match="NotImplementedError"):
        client.call("chat")


@method("users")
def test_a_host_may_end_in_a_slash(client: Client, product: Product, person: str) -> None:
    """The asynchronous client and those of TypeScript then ask for `//v1/…`."""
    store(client, person, "Something")
    slashed = start(client.name, f"{product.url}/", product.api_key)
    assert person in [entity["name"] for entity in results(slashed.call("users"))]
    slashed.close()


def test_an_event_is_followed_to_its_end(client: Client, person: str, product: Product) -> None:
    """No client has a method for it; the command line, n8n and MCP servers ask by plain HTTP."""
    queued = str(client.call("add", [{"role": "user", "content": "I keep bees."}], user_id=person))
    with product.http() as http:
        latest = http.get("/v1/events/").json()["results"][0]
    assert latest["id"] in queued
    assert product.finished(latest["id"])["results"][0]["data"]["memory"] == "I keep bees."
