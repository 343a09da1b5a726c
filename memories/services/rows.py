"""The rows that a statement becomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from memories.extraction.types import Statement
from memories.ingestion.work import Ingestion
from memories.models import Event, Memory, MemoryVector, Message
from memories.models.scoped import ENTITY_FIELDS
from memories.services.changes import Actor, set_text
from memories.services.fresh import fresh
from memories.services.inserting import insert
from memories.services.placing import set_context


def new_memory(event: Event, statement: Statement, *, said_at: datetime, begins: datetime | None = None) -> Memory:
    """Return the memory that the statement becomes, not yet saved. It holds from `begins` if it doesn't say itself."""
    expires = event.options.get("expiration_date")
    memory = fresh(
        Memory,
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


def memory_of(work: Ingestion, index: int, *, begins: datetime | None = None) -> Memory:
    """Return the memory that statement `index` of `work` becomes, not yet saved."""
    statement, sources = work.statements[index], sources_of(work, index)
    memory = new_memory(work.event, statement, said_at=said_at_of(work, index), begins=begins)
    memory.speaker = memory.speaker or next((source.speaker for source in sources), "")
    if work.event.infer:
        set_context(memory, work.texts, statement.evidence)
    return memory


def vectors_of(work: Ingestion, index: int, memory: Memory) -> list[MemoryVector]:
    """Return the vectors of the memory that statement `index` has become, not yet saved."""
    by_embedder = work.vectors_of(index).items()
    return [fresh(MemoryVector, memory=memory, embedder=name, embedding=vector) for name, vector in by_embedder]


def sources_of(work: Ingestion, index: int) -> list[Message]:
    """Return the messages that statement `index` rests on."""
    return [work.messages[i] for i in work.statements[index].evidence]


def said_at_of(work: Ingestion, index: int) -> datetime:
    """Return when statement `index` was said."""
    return min((source.said_at for source in sources_of(work, index)), default=work.event.said_at)


def actor_of(work: Ingestion) -> Actor:
    """Return whose change it is: the reader's if it read, else that of the principal who sent the words."""
    event = work.event
    sender = event.api_key or event.user
    read = event.infer or sender is None
    return Actor(
        label=work.extractor if read else str(sender),
        user=event.user,
        api_key=event.api_key,
        model=work.usage.model if read else "",
        prompt_version=work.prompt_version,
    )


def scope_of(event: Event) -> dict[str, Any]:
    """Return the columns that say where an event and its memories belong."""
    return {name: getattr(event, name) for name in ("project_id", *(f"{name}_id" for name in ENTITY_FIELDS.values()))}


def links_of(memory: Memory, messages: Iterable[Message]) -> list[Any]:
    """Return the rows that say on which messages a memory rests, not yet saved."""
    through = Memory.sources.through
    return [fresh(through, memory_id=memory.pk, message_id=message.pk) for message in messages]


def link_sources(evidence: Iterable[tuple[Memory, Sequence[Message]]]) -> None:
    """Note on which messages each memory rests, besides those noted before."""
    links = [link for memory, messages in evidence for link in links_of(memory, messages)]
    insert(links, ignore_conflicts=True)
