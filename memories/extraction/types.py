"""What goes into an extractor and what comes out; plain values, no Django, no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

# What a reader may say of a statement. A person's words never make something the organization's.
KINDS = ("fact", "preference", "event", "plan", "instruction", "procedure")
LAYERS = ("conversation", "session", "user")
LONGEST_NAME = 255


class Relation(StrEnum):
    """How a statement stands to one that is remembered already."""

    NEW = "new"
    SAME = "same"
    ADDS_TO = "adds_to"
    CORRECTS = "corrects"
    CONTRADICTS = "contradicts"
    ENDS = "ends"


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
class Known:
    """Something remembered already. `ref` is a short name for it, good within one request only."""

    ref: str
    text: str
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExtractionRequest:
    """Everything an extractor may look at.

    `turns` are the new messages, oldest first; `earlier` are the last ones before them and `known` the nearest
    memories, both only to understand the new ones. `zone` is the IANA name of the speakers' time zone, if known;
    `date` the event's own date, by that zone. `instructions` are the project's own wishes in plain
    language; `includes` and `excludes` say what is always and what is never to be remembered. `categories`
    maps a category's name to what belongs in it; an extractor chooses among these.
    """

    turns: Sequence[Turn]
    instructions: str = ""
    includes: str = ""
    excludes: str = ""
    categories: dict[str, str] = field(default_factory=dict)
    earlier: Sequence[Turn] = ()
    known: Sequence[Known] = ()
    date: datetime | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing worth remembering, in the language in which it was said.

    `evidence` holds the `Turn.index` values it rests on: never empty, never assistant turns alone.
    `categories` are names from the request. `confidence` and `importance` lie in 0..1. `about` is a name, empty
    for the person whose memories these are; `speaker` that of the turn. `kind` is one of KINDS or empty, `layer`
    one of LAYERS. Times are timezone-aware. Unless `relation` is NEW, it says how this stands to what `related`
    names: the `ref` of something known, or of a statement before it in the same extraction.
    """

    text: str
    evidence: tuple[int, ...]
    categories: tuple[str, ...] = ()
    confidence: float = 1.0
    importance: float = 0.5
    kind: str = ""
    about: str = ""
    speaker: str = ""
    layer: str = "user"
    happened_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    relation: Relation = Relation.NEW
    related: str = ""
    ref: str = ""


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
    """Reads turns and returns statements. `name` and `prompt_version` are recorded on every version it writes.

    `compares` tells whether it makes use of `earlier` and `known`, and so judges how statements relate.
    """

    name: str
    prompt_version: str
    compares: bool

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Read `request.turns`; raise a `providers.errors.ProviderError` when a model fails."""
        ...
