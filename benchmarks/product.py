"""A product to measure: fresh, in a temporary folder, as it is without any settings."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.product.running import Product, launch, running

# Blank, so that neither the shell nor a .env file puts another database or a paid model under the measurement.
PLAIN = dict.fromkeys(("DATABASE_URL", "NEO4J_URI", "OPENAI_API_KEY", "OPENAI_BASE_URL", "EMBEDDING_MODEL"), "")
TIMEOUT_SECONDS = 300.0


@contextmanager
def folder() -> Iterator[Path]:
    """Give a product a place for its data, and remove that afterwards."""
    with tempfile.TemporaryDirectory(prefix="memoryhub-") as parent:
        yield Path(parent) / "data"


@contextmanager
def fresh_product() -> Iterator[Product]:
    """Run a new product for the length of a block."""
    with folder() as data, running(data, **PLAIN) as product:
        yield product


def start(data: Path) -> Product:
    """Start a product on `data` and return it once it says that it is up."""
    return launch(data, port=None, **PLAIN)


class Client:
    """The calls of an app. Not for several threads at once."""

    def __init__(self, product: Product) -> None:
        self.http = product.http()
        self.http.timeout = httpx.Timeout(TIMEOUT_SECONDS)

    def add(self, messages: list[dict[str, Any]], *, user_id: str, **more: Any) -> dict[str, Any]:
        """Send messages and return the receipt."""
        body = {"messages": messages, "user_id": user_id, **more}
        return dict(self.http.post("/v3/memories/add/", json=body).raise_for_status().json())

    def search(self, query: str, *, user_id: str, top_k: int = 10) -> list[dict[str, Any]]:
        """Return the hits."""
        return list(self.searched(query, user_id=user_id, top_k=top_k)["results"])

    def searched(self, query: str, *, user_id: str, **more: Any) -> dict[str, Any]:
        """Return the whole answer of a search."""
        body = {"query": query, "filters": {"user_id": user_id}, **more}
        return dict(self.http.post("/v3/memories/search/", json=body).raise_for_status().json())
