"""One product for all tests here that don't break it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from mem0 import MemoryClient

from tests.product.running import Product, running


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running(tmp_path_factory.mktemp("product") / "data") as product:
        yield product


@pytest.fixture
def client(product: Product) -> Iterator[MemoryClient]:
    client = MemoryClient(api_key=product.api_key, host=product.url)
    yield client
    client.client.close()


@pytest.fixture
def person() -> str:
    """An end user that no other test has."""
    return f"person-{uuid.uuid4().hex[:8]}"
