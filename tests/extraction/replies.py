"""What a well-behaved model writes: used by tests that drive the whole product with a model on the local wire."""

from __future__ import annotations

import json
import re
from typing import Any


def statements_of_users(request: dict[str, Any], *, extra: str = "") -> dict[str, Any]:
    """Answer the product's own prompt: every sentence of a user turn as a statement; `extra` is made up."""
    prompt = request["messages"][-1]["content"]
    turns = [json.loads(line) for line in prompt.splitlines() if line.startswith("{")]
    found = [
        statement(sentence.strip(), turn["index"])
        for turn in turns
        if turn["role"] == "user"
        for sentence in re.findall(r"[^.]+\.", turn["text"])
    ]
    return {"statements": found + ([statement(extra, 0)] if extra else [])}


def statement(text: str, index: int) -> dict[str, Any]:
    return {"text": text, "evidence": [index], "categories": [], "confidence": 0.9}
