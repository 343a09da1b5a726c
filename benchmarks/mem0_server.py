"""mem0's own library behind HTTP, as its REST server serves it; runs in an environment of its own, not in ours.

Usage: python mem0_server.py PORT CONNECTION_STRING STATE_FOLDER

The routes and the thread per call are those of https://github.com/mem0ai/mem0/blob/main/server/main.py, without its
login. The embedder answers in constant time, so that the stores are compared and not the models.
"""

from __future__ import annotations

import hashlib
import os
import sys
from typing import Any

PORT, DATABASE, FOLDER = int(sys.argv[1]), sys.argv[2], sys.argv[3]
os.environ |= {"MEM0_TELEMETRY": "False", "MEM0_DIR": FOLDER, "OPENAI_API_KEY": "not-called"}

import uvicorn  # noqa: E402
from fastapi import FastAPI, Request  # noqa: E402
from mem0 import Memory  # noqa: E402

DIMENSIONS = 384


class Constant:
    """The twin of benchmarks.constant.Constant, which this environment can't import."""

    config = type("Config", (), {"embedding_dims": DIMENSIONS})()

    def embed(self, text: str, memory_action: str | None = None) -> list[float]:
        """Return the vector of one text."""
        return [byte / 128 - 1 for byte in hashlib.shake_128(text.encode()).digest(DIMENSIONS)]

    def embed_batch(self, texts: list[str], memory_action: str | None = None) -> list[list[float]]:
        """Return the vectors of several."""
        return [self.embed(text) for text in texts]


def memory() -> Memory:
    """Return mem0's Memory on pgvector, which is its server's default."""
    store = {"connection_string": DATABASE, "collection_name": "memories", "embedding_model_dims": DIMENSIONS}
    found = Memory.from_config(
        {
            "vector_store": {"provider": "pgvector", "config": {**store, "hnsw": "--hnsw" in sys.argv, "maxconn": 8}},
            "history_db_path": f"{FOLDER}/history.db",
        }
    )
    found.embedding_model = Constant()
    return found


app = FastAPI()
MEMORY = memory()


@app.post("/memories")
def add(body: dict[str, Any]) -> Any:
    """Store messages as they are."""
    return MEMORY.add(body["messages"], user_id=body["user_id"], infer=False)


@app.get("/memories")
def list_all(request: Request) -> Any:
    """Return one person's memories."""
    return MEMORY.get_all(filters={"user_id": request.query_params["user_id"]}, top_k=100)


@app.get("/memories/{memory_id}")
def get(memory_id: str) -> Any:
    """Return one memory."""
    return MEMORY.get(memory_id)


@app.post("/search")
def search(body: dict[str, Any]) -> Any:
    """Return what is nearest."""
    return MEMORY.search(query=body["query"], filters=body["filters"], top_k=10, threshold=0.0)


if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=PORT, log_level="warning", access_log=False)
