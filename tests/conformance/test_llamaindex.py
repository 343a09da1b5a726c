"""LlamaIndex's memory on mem0."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.clients import Client
from tests.conformance.conftest import started
from tests.product.running import Product, eventually

ALLERGY = "I am allergic to peanuts."
method = pytest.mark.method


@pytest.fixture(scope="module")
def whose() -> str:
    return "llama"


@pytest.fixture(scope="module")
def memory(product: Product, whose: str) -> Iterator[Client]:
    with started("LlamaIndex", product, whose) as memory:
        yield memory


@method("add", "search", client="LlamaIndex")
def test_what_is_said_is_recalled(memory: Client) -> None:
    memory.call("put", {"says": ALLERGY})
    (context, *_said) = eventually(lambda: ALLERGY in (found := memory.call("get", "A peanut curry?"))[0] and found)
    assert "A peanut" not in context
    (same, *_said) = memory.call("aget", "A peanut curry?")
    assert ALLERGY in same


@method("add", "search", client="LlamaIndex")
@pytest.mark.parametrize("way", ["aput", "put_messages", "aput_messages", "set", "aset", "add"])
def test_every_way_of_saying_is_recalled(memory: Client, whose: str, way: str) -> None:
    text = f"My favourite number of all is {len(way)} {way}."
    messages = {"add": [{"role": "user", "content": text}], "aput": {"says": text}}.get(way, [{"says": text}])
    # `set` takes the whole conversation, and adds what is new in it.
    earlier = [{"says": said} for said in memory.call("get_all")] if way.endswith("set") else []
    memory.call(way, [*earlier, *messages] if earlier else messages, **({"user_id": whose} if way == "add" else {}))
    filters = {"filters": {"user_id": whose}}
    eventually(lambda: text in str(memory.call("search", text, **filters)))
