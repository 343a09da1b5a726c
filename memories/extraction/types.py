"""What goes into an extractor and what comes out; plain values, no Django, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Turn:
    """One verbatim message as an extractor sees it.

    `index` is its position in the conversation that is being read; statements cite it as evidence.
    `role` is "user", "assistant" or "system"; `speaker` is a display name or "".
    `said_at` is timezone-aware. `attached` tells that `text` goes on with what was read in images and documents.
    """

    index: int
    role: str
    text: str
    speaker: str = ""
    said_at: datetime | None = None
    attached: bool = False


@dataclass(frozen=True, slots=True)
class ExtractionRequest:
    """Everything an extractor may look at.

    `turns` are the new messages, oldest first. `instructions` are the project's own wishes in plain
    language; `includes` and `excludes` say what is always and what is never to be remembered. `categories`
    maps a category's name to what belongs in it; an extractor chooses among these.
    """

    turns: Sequence[Turn]
    instructions: str = ""
    includes: str = ""
    excludes: str = ""
    categories: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing worth remembering, in the language in which it was said.

    `evidence` holds the `Turn.index` values it rests on: never empty, never assistant turns alone.
    `categories` are names from the request. `confidence` lies in 0..1.
    """

    text: str
    evidence: tuple[int, ...]
    categories: tuple[str, ...] = ()
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Refusal:
    """A statement that a model offered and we did not accept, kept so that a person can see why."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What calls cost: the last model's own name for itself, and tokens."""

    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Return what both cost."""
        tokens = self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens
        return Usage(other.model or self.model, *tokens)


@dataclass(frozen=True, slots=True)
class Extraction:
    """The outcome of reading a conversation: what to remember, what was refused, what it cost."""

    statements: tuple[Statement, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    usage: Usage = Usage()


class Extractor(Protocol):
    """Reads turns and returns statements. `name` is recorded on every version it writes."""

    name: str

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Read `request.turns`; raise a `providers.errors.ProviderError` when a model fails."""
        ...
