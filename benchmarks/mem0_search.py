"""mem0's own library, searched in its own process; runs in an environment of its own, not in ours.

Usage: python -m benchmarks.mem0_search STORE CONNECTION_STRING STATE_FOLDER PEOPLE MEMORIES

It loads PEOPLE with MEMORIES each, says so in a line of JSON, and then answers each line with one, as
benchmarks.inside does. The payloads are those that `Memory.add(infer=False)` writes, and go to the store in large
batches, because one by one takes an hour. The embedder answers in constant time, so that the stores are compared and
not the models.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from benchmarks.constant import DIMENSIONS, Constant
from benchmarks.sentences import sentences

STORE, DATABASE, FOLDER = sys.argv[1:4]
PEOPLE, MEMORIES = map(int, sys.argv[4:6])
os.environ |= {"MEM0_TELEMETRY": "False", "MEM0_DIR": FOLDER, "OPENAI_API_KEY": "not-called"}

from mem0 import Memory  # noqa: E402
from mem0.utils.lemmatization import lemmatize_for_bm25  # noqa: E402

SIZE = {"embedding_model_dims": DIMENSIONS}
PGVECTOR = {"connection_string": DATABASE, "collection_name": "memories", **SIZE}
# Provider, its configuration, and how many memories it is given at once; FAISS writes all to disk each time.
STORES: dict[str, tuple[str, dict[str, Any], int]] = {
    "pgvector": ("pgvector", {**PGVECTOR, "hnsw": False}, 2_000),
    "pgvector-hnsw": ("pgvector", {**PGVECTOR, "hnsw": True}, 2_000),
    "qdrant": ("qdrant", {"path": f"{FOLDER}/qdrant", "on_disk": True, **SIZE}, 2_000),
    "chroma": ("chroma", {"path": f"{FOLDER}/chroma"}, 2_000),
    "faiss": ("faiss", {"path": f"{FOLDER}/faiss/store", "distance_strategy": "cosine", **SIZE}, 1_000_000),
}
WARM = 3


class Embedder(Constant):
    """The same, with mem0's parameters."""

    config = type("Config", (), {"embedding_dims": DIMENSIONS})()

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:  # type: ignore[override]
        """Return the vector of one text."""
        return self.embed_query(text)


def memory() -> Memory:
    """Return mem0's Memory on the store."""
    provider, config, _batch = STORES[STORE]
    made = Memory.from_config(
        {
            "vector_store": {"provider": provider, "config": {"collection_name": "memories", **config}},
            "history_db_path": f"{FOLDER}/{STORE}.db",
        }
    )
    made.embedding_model = Embedder()
    return made


def load(made: Memory) -> None:
    """Give the store everybody's memories; with an index made at the end, as it would be for a table that is there."""
    batch = STORES[STORE][2]
    store = made.vector_store
    if STORE == "pgvector-hnsw":
        store.create_col()  # on the table of "pgvector", which ran before
        return
    entries = list(_entries())
    for start in range(0, len(entries), batch):
        part = entries[start : start + batch]
        vectors = [made.embedding_model.embed(payload["data"]) for payload in part]
        store.insert(vectors=vectors, payloads=part, ids=[str(uuid.uuid4()) for _ in part])


def _entries() -> Iterator[dict[str, Any]]:
    now = datetime.now(UTC).isoformat()
    for number, text in enumerate(sentences(PEOPLE * MEMORIES)):
        yield {
            "user_id": f"person{number % PEOPLE}",
            "role": "user",
            "data": text,
            "hash": hashlib.md5(text.encode(), usedforsecurity=False).hexdigest(),
            "created_at": now,
            "updated_at": now,
            "text_lemmatized": lemmatize_for_bm25(text),
        }


def search(made: Memory, person: str, questions: list[str]) -> dict[str, Any]:
    """Return the milliseconds and hits of each question, after a few that don't count."""
    times, found = [], []
    ahead = questions[:WARM]
    for question in [*ahead, *questions]:
        began = time.perf_counter()
        hits = made.search(query=question, filters={"user_id": person}, top_k=10, threshold=0.0)["results"]
        times.append((time.perf_counter() - began) * 1000)
        found.append(len(hits))
    return {"times": times[len(ahead) :], "found": found[len(ahead) :]}


def main() -> None:
    """Load, then answer each line."""
    began = time.perf_counter()
    made = memory()
    load(made)
    print(json.dumps({"loading": time.perf_counter() - began}), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(search(made, asked["person"], asked["questions"])), flush=True)


if __name__ == "__main__":
    main()
