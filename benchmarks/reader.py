"""A language model that reads well enough to be measured with, on the local wire that the tests speak."""

from __future__ import annotations

import json
import re
from typing import Any

from memories.extraction.batches import tokens
from tests.extraction.replies import block, statement
from tests.providers.wire import Answer, chat

MODEL = "gpt-4.1-mini"
# What a million tokens of it cost in November 2026, in and out, in dollars.
PRICES = f"{MODEL}=0.40/1.60"
# OpenAI's o200k_base counts so many tokens where four characters count as one: in the product's prompts, in JSON.
MORE_IN, MORE_OUT = 1.1, 1.24
# What people say in fewer characters is seldom worth remembering.
SHORTEST = 50
_SENTENCE = re.compile(r"[^.!?。！？]+[.!?。！？]*")


def read(request: dict[str, Any], *, seconds: float = 0.0, shortest: int = SHORTEST) -> Answer:
    """Answer the product's prompt after `seconds`: of each turn of `shortest` characters, its longest sentence.

    That is more than real ones keep. The tokens are estimated.
    """
    system, user = (message["content"] for message in request["messages"])
    found = [_statement(turn) for turn in block(user, "conversation") if len(turn["text"]) >= shortest]
    said = {"statements": found}
    asked = system + user + json.dumps(request.get("response_format", {}))
    cost = round(tokens(asked) * MORE_IN), round(tokens(json.dumps(said, ensure_ascii=False)) * MORE_OUT)
    return chat(said, model=MODEL, tokens=cost, delay=seconds)


def _statement(turn: dict[str, Any]) -> dict[str, Any]:
    text = max(_SENTENCE.findall(turn["text"]), key=len, default=turn["text"]).strip()
    return statement(text, turn["index"], speaker=turn["speaker"])
