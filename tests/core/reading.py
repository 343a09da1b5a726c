"""A language model on the local wire for tests of ingestion: it says of each sentence what the test wants."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from accounts.models import User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.models import Event, Memory
from memories.services.ingest import ingest
from memories.services.record import Conversation, Said, record
from tests.extraction.replies import block, statement
from tests.providers.wire import OpenAIWire

THEN = datetime(2026, 1, 10, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 10, 12, tzinfo=UTC)


class Reader:
    """`reads[text of a turn]` are the statements found in it; `relates[statement] = (relation, known text)`."""

    def __init__(self, wire: OpenAIWire) -> None:
        self.wire = wire
        self.reads: dict[str, list[tuple[str, dict[str, Any]]]] = {}
        wire.reply_with(self.answer)

    def finds(self, said: str, *found: str | tuple[str, dict[str, Any]]) -> None:
        """Find these statements in the turn `said`; beside each, what is said of it."""
        self.reads[said] = [one if isinstance(one, tuple) else (one, {}) for one in found]

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        prompt = request["messages"][-1]["content"]
        known = {row["text"]: row["ref"] for row in block(prompt, "known")}
        found = []
        for turn in block(prompt, "conversation"):
            for text, more in self.reads.get(turn["text"], [(turn["text"], {})]):
                if "related" in more:
                    more = {**more, "related": known.get(more["related"], "M99")}
                found.append(statement(text, turn["index"], **more))
        return {"statements": found}

    @property
    def prompt(self) -> str:
        """What the last call put before the model."""
        return str(self.wire.chats[-1]["messages"][-1]["content"])


@contextmanager
def model_on_the_wire(settings: Any) -> Iterator[Reader]:
    """Configure a model on the local wire while the block runs."""
    with OpenAIWire() as wire:
        options = {"base_url": wire.url, "api_key": "sk-test", "model": "gpt-test", "timeout": 5.0}
        chat = {"BACKEND": "providers.openai_chat.OpenAIChat", "OPTIONS": options}
        settings.PROVIDERS = {**settings.PROVIDERS, "chat": chat}
        yield Reader(wire)


def tell(user: User, *texts: str, said_at: datetime = THEN, **more: Any) -> Event:
    """Have a user say something, one turn each, and have it read."""
    entities = more.pop("entities", {"user_id": "ann"})
    said = [Said(role="user", text=text, speaker=more.get("speaker", "")) for text in texts]
    more.pop("speaker", None)
    conversation = Conversation(said=said, entities=entities, said_at=said_at, **more)
    event = record(principal=Principal(user=user), project=personal_project(user=user), conversation=conversation)
    ingest(event.pk)
    event.refresh_from_db()
    assert event.status == Event.Status.SUCCEEDED, event.error
    return event


def memory(text: str) -> Memory:
    return Memory.objects.get(text=text)


def changes(memory: Memory) -> list[str]:
    """What was done to a memory, in order."""
    return [version.change for version in memory.versions.order_by("number")]
