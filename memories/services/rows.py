"""The rows that a statement becomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from memories.extraction.types import Statement
from memories.models import Event, Memory, Message
from memories.models.scoped import ENTITY_FIELDS
from memories.services.changes import set_text
from memories.services.inserting import insert


def new_memory(event: Event, statement: Statement, *, said_at: datetime, begins: datetime | None = None) -> Memory:
    """Return the memory that the statement becomes, not yet saved. It holds from `begins` if it doesn't say itself."""
    expires = event.options.get("expiration_date")
    memory = Memory(
        **scope_of(event),
        categories=list(statement.categories),
        metadata=event.options.get("metadata") or {},
        layer=event.options.get("layer") or statement.layer,
        kind=statement.kind,
        about=statement.about,
        speaker=statement.speaker,
        confidence=statement.confidence,
        importance=statement.importance,
        happened_at=statement.happened_at,
        valid_from=statement.valid_from or begins,
        valid_until=statement.valid_until,
        expiration_date=date.fromisoformat(expires) if expires else None,
        immutable=bool(event.options.get("immutable")),
        said_at=said_at,
    )
    set_text(memory, statement.text)
    return memory


def scope_of(event: Event) -> dict[str, Any]:
    """Return the columns that say where an event and its memories belong."""
    return {name: getattr(event, name) for name in ("project_id", *(f"{name}_id" for name in ENTITY_FIELDS.values()))}


def link_sources(evidence: Iterable[tuple[Memory, Sequence[Message]]]) -> None:
    """Note on which messages each memory rests, besides those noted before."""
    through = Memory.sources.through
    links = [through(memory=memory, message=message) for memory, messages in evidence for message in messages]
    insert(links, ignore_conflicts=True)
