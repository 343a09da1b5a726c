"""The one way a memory changes: row, version, vector, lexemes and audit entry, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, User
from accounts.principal import Principal
from memories.lexemes import lexemes, tsvector
from memories.models import Event, Memory, MemoryVector, MemoryVersion
from memories.models.stated import Stated
from memories.services.fresh import fresh
from memories.services.inserting import insert
from memories.services.webhooks.telling import tell_of_changes
from memories.terms import pack
from memories.traits import traits


@dataclass(frozen=True, slots=True)
class Actor:
    """Who changes something, as a version records it: by name, and by reference while that exists.

    `model` and `prompt_version` tell what language model did it, if one did.
    """

    label: str
    user: User | None = None
    api_key: ApiKey | None = None
    model: str = ""
    prompt_version: str = ""

    @classmethod
    def of(cls, principal: Principal) -> Actor:
        """Return the actor that `principal` is."""
        return cls(label=principal.label, user=principal.user, api_key=principal.api_key)


def digest(text: str) -> str:
    """Return the MD5 of `text`, as mem0 reports it under `hash`; a name for the text, not a safeguard."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def set_text(memory: Memory, text: str) -> None:
    """Put `text` into the row with everything that is derived from it but the vector."""
    words = lexemes(text)
    memory.text = text
    memory.digest = digest(text)
    memory.lexemes = tsvector(words)
    memory.terms = pack(words)
    memory.lexeme_count = len(words)
    memory.traits = traits(text)


def add_versions(
    memories: Sequence[Memory],
    *,
    change: MemoryVersion.Change,
    actor: Actor,
    reason: str = "",
    event: Event | None = None,
    at: datetime | None = None,
) -> list[MemoryVersion]:
    """Append each memory's present state as its version `memory.version`, and an audit entry for each; tell webhooks.

    Returns the versions. Must run in the transaction that wrote the memories.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A version is written in the transaction that changes the memory.")
    versions, entries = new_versions(memories, change=change, actor=actor, reason=reason, event=event, at=at)
    insert(versions)
    insert(entries)
    tell_of_changes(memories)
    return versions


def new_versions(
    memories: Sequence[Memory],
    *,
    change: MemoryVersion.Change,
    actor: Actor,
    reason: str = "",
    event: Event | None = None,
    at: datetime | None = None,
) -> tuple[list[MemoryVersion], list[AuditEntry]]:
    """Build what `add_versions` stores: each memory's version and its audit entry."""
    at = at or timezone.now()
    versions = [
        fresh(
            MemoryVersion,
            memory=memory,
            project_id=memory.project_id,
            number=memory.version,
            change=change,
            **{name: getattr(memory, name) for name in Stated.stated_fields()},
            superseded_by_id=memory.superseded_by_id,
            reason=reason,
            actor=actor.label,
            user=actor.user,
            api_key=actor.api_key,
            model=actor.model,
            prompt_version=actor.prompt_version,
            event=event,
            created_at=at,
        )
        for memory in memories
    ]
    entries = [
        audit_entry(memory, action=f"memory.{change.lower()}", actor=actor, version=memory.version)
        for memory in memories
    ]
    return versions, entries


def audit_entry(memory: Memory, *, action: str, actor: Actor, **details: Any) -> AuditEntry:
    """Build the audit entry of an action on a memory: ids and numbers, never content."""
    return fresh(
        AuditEntry,
        project_id=memory.project_id,
        action=action,
        object_type="memory",
        object_id=str(memory.pk),
        actor=actor.label,
        details=details,
    )


def set_vectors(memory: Memory, embeddings: Mapping[str, list[float]]) -> None:
    """Replace the memory's vectors by those of its present text, by embedder; those of the old text go."""
    memory.vectors.all().delete()
    insert([MemoryVector(memory=memory, embedder=name, embedding=vector) for name, vector in embeddings.items()])
