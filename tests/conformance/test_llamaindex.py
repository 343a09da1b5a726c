"""LlamaIndex's memory on mem0."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.clients import Client
from tests.conformance.conftest import started
from tests.product.running import Product, eventually

ALLERGY = "I am allergic to peanuts."
WHOSE = "llama"
method = pytest.mark.method


@pytest.fixture(scope="module")
def memory(product: Product) -> Iterator[Client]:
    with started("LlamaIndex", product, WHOSE) as memory:
        yield memory


@method("add", "search", client="LlamaIndex")
@pytest.mark.parametrize("way", ["get", "aget"])
def test_what_is_said_is_recalled(memory: Client, way: str) -> None:
    memory.call("put", {"says": ALLERGY})
    # What the server recalls comes as a message of its own, before those of the conversation.
    eventually(lambda: ALLERGY in memory.call(way, "What about a peanut curry?")[0])


@method("add", "search", client="LlamaIndex")
@pytest.mark.parametrize("way", ["aput", "put_messages", "aput_messages", "set", "aset", "add"])
def test_every_way_of_saying_is_remembered(memory: Client, way: str) -> None:
    text = f"My favourite method of all is {way}."
    if way == "add":
        memory.call("add", text, user_id=WHOSE)
    elif way == "aput":
        memory.call("aput", {"says": text})
    else:
        # The whole conversation is set, and what is new in it added.
        earlier = memory.call("get_all") if way.endswith("set") else []
        memory.call(way, [{"says": said} for said in (*earlier, text)])
    eventually(lambda: text in str(memory.call("search", text, filters={"user_id": WHOSE})))
