"""The embedder that ships with the product: no key, no network, no torch. See models/minilm/README.md."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MODEL = Path(__file__).parent / "models" / "minilm"
MAX_TOKENS = 256
# The tokenizer reads a text to its end before cutting it, 0.8 s per million characters. A word of more than
# 100 characters is one token to it, so this is more than MAX_TOKENS ever cover.
MAX_CHARACTERS = 100 * MAX_TOKENS


class EmbeddedEmbedder:
    """all-MiniLM-L6-v2, quantised: English first, 384 dimensions, the first 256 tokens of a text.

    The model is loaded on first use and takes some 90 MB. `threads` is how many cores one call may use; with 1
    the process can still fork, and web and task workers share the cores anyway.
    """

    name = "all-MiniLM-L6-v2-int8"

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._lock = Lock()
        self._loaded: tuple[Tokenizer, Any] | None = None

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one vector of 384 numbers and unit length per text, in order."""
        # One at a time. The quantisation scales by the largest activation in its batch, so in company a vector
        # would change with its neighbours (cosine .975-.99). Batches of 32 were 20 % slower on one thread, too.
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of `text`: to this model a query is a text like any other."""
        import numpy as np

        tokenizer, session = self._load()
        tokens = tokenizer.encode(text[:MAX_CHARACTERS])
        inputs = {
            "input_ids": np.array([tokens.ids], dtype=np.int64),
            "attention_mask": np.array([tokens.attention_mask], dtype=np.int64),
        }
        vector: list[float] = session.run(None, inputs)[0][0].tolist()
        return vector

    def _load(self) -> tuple[Tokenizer, Any]:
        """Return the tokenizer and the ONNX session, both safe to use from several threads at once."""
        with self._lock:
            if self._loaded is None:
                self._loaded = (_tokenizer(), _session(self._threads))
            return self._loaded


def _tokenizer() -> Tokenizer:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _session(threads: int) -> Any:
    """Return the ONNX session: two int64 arrays (texts, tokens) go in, a float32 array (texts, 384) comes out."""
    # Read when the library is loaded; the call below comes after its first message.
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # The arena never gives back what the longest text needed, and is no faster.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    return onnxruntime.InferenceSession(MODEL / "model-int8.onnx", options, providers=["CPUExecutionProvider"])
