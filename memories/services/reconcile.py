"""Writing an event's statements beside what is already remembered."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

from django.db import connection

from memories.extraction.types import Refusal
from memories.ingestion.work import Ingestion
from memories.models import Event, Memory, MemoryVector, MemoryVersion, Message, ReviewRule
from memories.services.changes import Actor, add_versions, digest, set_text
from memories.services.policy import policy_for
from memories.services.suppressing import withhold

REJECTED = "the review policy rejects it"


def write(work: Ingestion) -> None:
    """Store the statements as memories with versions, vectors and sources; runs in the caller's transaction.

    A statement that the same scope already remembers in the same words becomes further evidence for that
    memory. Events of one scope are written one after the other, so that two at once can't both miss.
    """
    event = work.event
    _lock_scope(event)
    withhold(work)
    policy = policy_for(event)
    known = _same_words(work)
    fresh: dict[str, tuple[Memory, list[float]]] = {}
    evidence: list[tuple[Memory, list[Message]]] = []
    for statement, vector in zip(work.statements, work.vectors, strict=True):
        key = digest(statement.text)
        memory = known.get(key) or (fresh[key][0] if key in fresh else None)
        sources = [work.messages[i] for i in statement.evidence]
        if memory is None:
            memory = _memory(event, statement.text, list(statement.categories), statement.confidence, sources)
            outcome = policy.decide(memory)
            if outcome == ReviewRule.Outcome.REJECT:
                work.refusals.append(Refusal(text=statement.text, reason=REJECTED))
                continue
            if outcome == ReviewRule.Outcome.REVIEW:
                memory.state = Memory.State.PENDING
            fresh[key] = memory, vector
        evidence.append((memory, sources))
    created = [memory for memory, _ in fresh.values()]
    Memory.objects.bulk_create(created)
    MemoryVector.objects.bulk_create(
        MemoryVector(memory=memory, embedder=work.embedder, embedding=vector) for memory, vector in fresh.values()
    )
    _link(evidence)
    add_versions(created, change=MemoryVersion.Change.ADD, actor=_actor(work), event=event)


def _memory(event: Event, text: str, categories: list[str], confidence: float, sources: list[Message]) -> Memory:
    expires = event.options.get("expiration_date")
    memory = Memory(
        **_scope(event),
        categories=categories,
        metadata=event.options.get("metadata") or {},
        expiration_date=date.fromisoformat(expires) if expires else None,
        confidence=confidence,
        immutable=bool(event.options.get("immutable")),
        said_at=min((source.said_at for source in sources), default=event.said_at),
    )
    set_text(memory, text)
    return memory


def _scope(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in ("project_id", "end_user_id", "agent_id", "app_id", "run_id")}


def _lock_scope(event: Event) -> None:
    """Take an advisory lock on the event's scope until the transaction ends."""
    name = f"{event.project_id}/{event.end_user_id}/{event.agent_id}/{event.app_id}"
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


def _same_words(work: Ingestion) -> dict[str, Memory]:
    digests = [digest(statement.text) for statement in work.statements]
    states = [Memory.State.PENDING, Memory.State.ACTIVE]
    same = Memory.objects.filter(**_scope(work.event), digest__in=digests, state__in=states)
    return {memory.digest: memory for memory in same}


def _link(evidence: list[tuple[Memory, list[Message]]]) -> None:
    through = Memory.sources.through
    through.objects.bulk_create(
        (through(memory=memory, message=message) for memory, messages in evidence for message in messages),
        ignore_conflicts=True,
    )


def _actor(work: Ingestion) -> Actor:
    """Return whose change it is: the reader's if it read, else that of the principal who sent the words."""
    event = work.event
    sender = event.api_key or event.user
    label = work.extractor if event.infer or sender is None else str(sender)
    return Actor(label=label, user=event.user, api_key=event.api_key)
