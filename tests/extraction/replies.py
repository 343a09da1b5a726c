"""What a well-behaved model writes: used by tests that drive the whole product with a model on the local wire."""

from __future__ import annotations

import json
import re
from typing import Any


def statements_of_users(request: dict[str, Any], *, extra: str = "") -> dict[str, Any]:
    """Answer the product's own prompt: every sentence of a user turn as a statement; `extra` is made up."""
    prompt = request["messages"][-1]["content"]
    found = [
        statement(sentence.strip(), turn["index"])
        for turn in block(prompt, "conversation")
        if turn["role"] == "user"
        for sentence in re.findall(r"[^.]+\.", turn["text"])
    ]
    return {"statements": found + ([statement(extra, 0)] if extra else [])}


def block(prompt: str, name: str) -> list[dict[str, Any]]:
    """The rows between <name> and </name> in the product's own prompt."""
    found = re.search(rf"^<{name}>$(.*?)^</{name}>$", prompt, re.MULTILINE | re.DOTALL)
    return [json.loads(line) for line in found[1].strip().splitlines()] if found else []


def statement(text: str, *evidence: int, **more: Any) -> dict[str, Any]:
    """One statement as the schema wants it, with nothing said about it but what `more` says."""
    return {
        "text": text,
        "evidence": list(evidence),
        "speaker": "",
        "about": "",
        "kind": "fact",
        "categories": [],
        "layer": "user",
        "happened_at": None,
        "valid_from": None,
        "valid_until": None,
        "importance": 0.5,
        "confidence": 0.9,
        "relation": "new",
        "related": None,
        **more,
    }
