"""Changing what a memory says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Project
from memories.embedding import Vectors, embed_texts
from memories.models import Memory, MemoryVersion
from memories.services.changes import Actor, add_versions, set_text, set_vectors
from memories.services.privacy import note_of, screen_revision, screen_text

REASON_LENGTH = 500


class VersionConflict(Exception):
    """Somebody else changed the memory since the version that this change was made from."""

    def __init__(self, current: Memory) -> None:
        self.current = current
        super().__init__(f"The memory is at version {current.version} by now. Read it again and repeat the change.")


class Immutable(Exception):
    """The memory may not be revised: it is in the trash, or was added as immutable."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What to change. None leaves a field as it is; `clear_expiration` removes the last day."""

    text: str | None = None
    metadata: Mapping[str, Any] | None = None
    categories: list[str] | None = None
    expiration_date: date | None = None
    clear_expiration: bool = False
    said_at: datetime | None = None
    layer: str | None = None
    pinned: bool | None = None

    @property
    def keeps_words(self) -> bool:
        """Tell whether it only says how the memory is kept: an immutable one allows that."""
        content = (self.text, self.metadata, self.categories, self.expiration_date, self.said_at)
        return not self.clear_expiration and all(value is None for value in content)


@dataclass(frozen=True, slots=True)
class Change:
    """A revision of one memory, made from `expected_version` if that is given."""

    memory: Memory
    revision: Revision
    expected_version: int | None = None


def revise(
    *, memory: Memory, revision: Revision, actor: Actor, expected_version: int | None = None, reason: str = ""
) -> Memory:
    """Apply `revision` and return the memory as it stands then; raises what `revise_all` does."""
    return revise_all(changes=[Change(memory, revision, expected_version)], actor=actor, reason=reason)[0]


def revise_all(*, changes: Sequence[Change], actor: Actor, reason: str = "") -> list[Memory]:
    """Apply every change or none, and return the memories as they stand then, in order.

    What the projects withhold is masked, and the version's reason says so. The new texts are embedded before the
    transaction opens. Raises PrivacyRefused when a project refuses to keep a new text, VersionConflict when a memory
    is no longer at the version that its change expects, Immutable when one is in the trash or was added as immutable,
    Memory.DoesNotExist when one has gone, ProviderError when the embedder fails; nothing is changed then. A revision
    that changes nothing writes no version. Of two changes of one memory, the later one stands.
    """
    projects = Project.objects.in_bulk({change.memory.project_id for change in changes})
    screened = _screened(changes, projects, reason)
    changes = [change for change, _reason in screened]
    vectors = _embedded(changes, projects)
    with transaction.atomic():
        rows = Memory.objects.select_for_update(of=("self",)).with_scope().order_by("pk")
        found = rows.in_bulk([change.memory.pk for change in changes])
        for change, why in screened:
            current = found.get(change.memory.pk)
            if current is None:
                raise Memory.DoesNotExist(f"There is no memory {change.memory.pk} any more.")
            before = current.text
            _revise(current, change, actor, why)
            if current.text != before:
                set_vectors(current, vectors[current.project_id].of(current.text))
    return [found[change.memory.pk] for change in changes]


def _embedded(changes: Sequence[Change], projects: Mapping[UUID, Project]) -> dict[UUID, Vectors]:
    """Return the vectors of the new texts, by project."""
    # Also those that the memories seem to have already: by the time of the lock they may have others.
    texts: dict[UUID, list[str]] = {project_id: [] for project_id in projects}
    for change in changes:
        if text := _text(change.revision):
            texts[change.memory.project_id].append(text)
    return {project_id: embed_texts(projects[project_id], said) for project_id, said in texts.items()}


def _screened(changes: Sequence[Change], projects: Mapping[UUID, Project], reason: str) -> list[tuple[Change, str]]:
    """Return each change as it may be made, and its reason with what was withheld of it."""
    screened = []
    for change in changes:
        project = projects[change.memory.project_id]
        revision, withheld = screen_revision(project, change.revision)
        why = " · ".join(filter(None, [screen_text(project, reason), note_of(withheld)]))
        screened.append((replace(change, revision=revision), why[:REASON_LENGTH]))
    return screened


def _text(revision: Revision) -> str:
    return (revision.text or "").strip()


def _revise(current: Memory, change: Change, actor: Actor, reason: str) -> None:
    if change.expected_version is not None and current.version != change.expected_version:
        raise VersionConflict(current)
    if current.state == Memory.State.DELETED:
        raise Immutable("The memory is in the trash. Restore it before changing it.")
    if current.immutable and not change.revision.keeps_words:
        raise Immutable("The memory was added as immutable: it can be deleted, not changed.")
    if not _apply(current, change.revision):
        return
    current.version += 1
    current.updated_at = timezone.now()
    current.save()
    add_versions([current], change=MemoryVersion.Change.UPDATE, actor=actor, reason=reason)


def _apply(memory: Memory, revision: Revision) -> bool:
    """Put the revision into the row; tell whether anything differs."""
    before = _content(memory)
    if text := _text(revision):
        set_text(memory, text)
    if revision.metadata is not None:
        memory.metadata = dict(revision.metadata)
    if revision.categories is not None:
        memory.categories = revision.categories
    if revision.expiration_date is not None or revision.clear_expiration:
        memory.expiration_date = revision.expiration_date
    if revision.said_at is not None:
        memory.said_at = revision.said_at
    if revision.layer is not None:
        memory.layer = revision.layer
    if revision.pinned is not None:
        memory.pinned = revision.pinned
    return before != _content(memory)


def _content(memory: Memory) -> tuple[Any, ...]:
    words = memory.text, memory.metadata, memory.categories
    return *words, memory.expiration_date, memory.said_at, memory.layer, memory.pinned
