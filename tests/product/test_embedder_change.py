"""The embedder is changed while the product is used: the settings edited, a worker killed in the middle of it."""

from __future__ import annotations

import signal
from pathlib import Path

import httpx

from tests.product.running import Product, eventually, running
from tests.providers.wire import OpenAIWire, Received, bag_of_words, embeddings

COUNT = 300
FIND = {"query": "Which animals live on my roof?", "filters": {"user_id": "ann"}, "top_k": 5}


class SlowWire(OpenAIWire):
    """Takes its time for each batch, so that somebody can be killed meanwhile."""

    def _answer(self, request: Received) -> object:
        self.requests.append(request)
        return embeddings([bag_of_words(text) for text in request.body["input"]], delay=0.3)

    @property
    def stored(self) -> int:
        """How many texts were embedded in batches, as memories are, and not one by one, as questions."""
        return sum(len(request.body["input"]) for request in self.requests if len(request.body["input"]) > 1)


def found(http: httpx.Client) -> set[str]:
    """Return what is found by meaning."""
    answer = http.post("/v3/memories/search/", json=FIND).raise_for_status().json()
    assert "warnings" not in answer
    return {hit["memory"] for hit in answer["results"] if "semantic" in hit["score_breakdown"]}


def health(product: Product) -> dict[str, object]:
    return dict(httpx.get(f"{product.url}/health/embedder/", timeout=60).json())


def test_a_change_survives_its_workers_death_and_no_search_is_empty_meanwhile(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data) as product, product.http() as http:
        for start in range(0, COUNT, 50):
            said = [{"role": "user", "content": f"Fact {i}: hens live on my roof."} for i in range(start, start + 50)]
            http.post("/v3/memories/add/", json={"messages": said, "user_id": "ann", "infer": False})
        assert len(found(http)) == 5
    with SlowWire() as wire:
        settings = {"EMBEDDING_MODEL": "new", "EMBEDDING_BASE_URL": wire.url, "EVENT_LEASE_SECONDS": "3"}
        with running(data, **settings) as product, product.http() as http:
            assert health(product)["status"] == "waiting"
            assert len(found(http)) == 5
            assert wire.requests == []
            assert "changing: new is configured" in product.manage("change_embedder", "--all", **settings)
            eventually(lambda: wire.stored > 100, seconds=60)
            product.find("worker").send_signal(signal.SIGKILL)
            asked = wire.stored
            searches = []

            def switched() -> bool:
                searches.append(len(found(http)))
                return any(request.body["input"] == [FIND["query"]] for request in wire.requests)

            eventually(switched, seconds=120)
            assert set(searches) == {5}
            assert asked < COUNT <= wire.stored <= COUNT + 2 * 64, "what was stored is not embedded again"
            assert health(product)["done"] == COUNT
