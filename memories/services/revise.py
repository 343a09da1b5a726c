"""Changing what a memory says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from memories.models import Memory, MemoryVersion
from memories.providers import get_embedder
from memories.services.changes import Actor, add_versions, set_text, set_vector


class VersionConflict(Exception):
    """Somebody else changed the memory since the version that this change was made from."""

    def __init__(self, current: Memory) -> None:
        self.current = current
        super().__init__(f"The memory is at version {current.version} by now. Read it again and repeat the change.")


class Immutable(Exception):
    """The memory is in the trash, so there is nothing to revise; restore it first."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What to change. None leaves a field as it is; `clear_expiration` removes the last day."""

    text: str | None = None
    metadata: Mapping[str, Any] | None = None
    categories: list[str] | None = None
    expiration_date: date | None = None
    clear_expiration: bool = False


def revise(
    *, memory: Memory, revision: Revision, actor: Actor, expected_version: int | None = None, reason: str = ""
) -> Memory:
    """Apply `revision` and return the memory as it stands then.

    The new text is embedded before the transaction opens. Raises VersionConflict when the memory is no longer
    at `expected_version`, Immutable when it is in the trash, ProviderError when the embedder fails; nothing is
    changed then. A revision that changes nothing writes no version.
    """
    new_text = revision.text.strip() if revision.text is not None else None
    embedder = get_embedder()
    embedding = embedder.embed([new_text])[0] if new_text and new_text != memory.text else None
    with transaction.atomic():
        current = Memory.objects.select_for_update(of=("self",)).with_scope().get(pk=memory.pk)
        if expected_version is not None and current.version != expected_version:
            raise VersionConflict(current)
        if current.state == Memory.State.DELETED:
            raise Immutable("The memory is in the trash. Restore it before changing it.")
        if not _apply(current, revision, new_text):
            return current
        current.version += 1
        current.updated_at = timezone.now()
        current.save()
        if embedding is not None:
            set_vector(current, embedder=embedder.name, embedding=embedding)
        add_versions([current], change=MemoryVersion.Change.UPDATE, actor=actor, reason=reason)
    return current


def _apply(memory: Memory, revision: Revision, text: str | None) -> bool:
    """Put the revision into the row; tell whether anything differs."""
    before = (memory.text, memory.metadata, memory.categories, memory.expiration_date)
    if text:
        set_text(memory, text)
    if revision.metadata is not None:
        memory.metadata = dict(revision.metadata)
    if revision.categories is not None:
        memory.categories = revision.categories
    if revision.expiration_date is not None or revision.clear_expiration:
        memory.expiration_date = revision.expiration_date
    return before != (memory.text, memory.metadata, memory.categories, memory.expiration_date)
