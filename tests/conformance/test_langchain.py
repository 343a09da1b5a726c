"""LangChain's memory on mem0, of npm's @langchain/community."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.clients import Client
from tests.conformance.conftest import started
from tests.product.running import Product, eventually


@pytest.fixture
def memory(product: Product, person: str) -> Iterator[Client]:
    with started("LangChain", product, person) as memory:
        yield memory


@pytest.mark.method("add", "search", "get_all", client="LangChain")
def test_a_saved_exchange_is_loaded(memory: Client) -> None:
    assert "peanuts" not in memory.call("load_memory_variables", {})["history"]
    memory.call("save_context", {"input": "I am allergic to peanuts."}, {"output": "Noted."})
    for values in ({"input": "What about a peanut curry?"}, {}):
        loaded = eventually(
            lambda values=values: (
                "peanuts" in (found := memory.call("load_memory_variables", values)["history"]) and found
            )
        )
        assert loaded.endswith("I am allergic to peanuts.")
