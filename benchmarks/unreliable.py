"""A language model that fails as often as it is told to, in every way that language models fail."""

from __future__ import annotations

import random
from collections import Counter
from threading import Lock
from typing import Any

from tests.extraction.replies import block, statement
from tests.providers.wire import Answer, chat, error

# Longer than the product's OPENAI_TIMEOUT in these runs.
TIMEOUT_SECONDS = 2.0
KINDS = ("429", "500", "time-out", "cut short", "wrong shape", "not JSON", "dropped")
ANSWERED = "answered"


class Unreliable:
    """Keeps every message of a user as one statement, and fails `share` (0..1) of the calls. For many threads."""

    def __init__(self, *, share: float, seconds: float, seed: int) -> None:
        self.share = share
        self.outcomes: Counter[str] = Counter()
        self._seconds = seconds
        self._chance = random.Random(seed)
        self._lock = Lock()

    def __call__(self, request: dict[str, Any]) -> Answer:
        """Answer a chat request, or don't."""
        with self._lock:
            fails = self._chance.random() < self.share
            outcome = self._chance.choice(KINDS) if fails else ANSWERED
            self.outcomes[outcome] += 1
        return self._failure(outcome) if fails else chat(_statements(request), delay=self._seconds)

    def _failure(self, kind: str) -> Answer:
        said = '{"statements": [{"text": "I am cut o'
        return {
            "429": error(429, "Rate limit reached.", headers={"Retry-After": "1"}),
            "500": error(500, "The server had an error."),
            "time-out": chat({"statements": []}, delay=2 * TIMEOUT_SECONDS),
            "cut short": chat(said, finish_reason="length", delay=self._seconds),
            "wrong shape": chat({"statements": "none"}, delay=self._seconds),
            "not JSON": chat("Sure! Here is what I found.", delay=self._seconds),
            "dropped": chat({"statements": []}, delay=self._seconds, dropped=True),
        }[kind]


def _statements(request: dict[str, Any]) -> dict[str, Any]:
    turns = block(request["messages"][-1]["content"], "conversation")
    said = [turn for turn in turns if turn["role"] == "user"]
    return {"statements": [statement(turn["text"], turn["index"]) for turn in said]}
