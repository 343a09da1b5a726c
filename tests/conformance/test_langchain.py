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
    def history(values: dict[str, str]) -> str:
        return str(memory.call("load_memory_variables", values)["history"])

    assert "peanuts" not in history({})
    memory.call("save_context", {"input": "I am allergic to peanuts."}, {"output": "Noted."})
    eventually(lambda: "peanuts" in history({}))
    for values in ({}, {"input": "What about a peanut curry?"}):
        assert history(values).endswith("I am allergic to peanuts.")
