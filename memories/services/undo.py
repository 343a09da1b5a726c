"""Going back: any version of a memory again, with its vector and lexemes, as a new version."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from memories.embedding import Vectors, embed_texts
from memories.models import Memory, MemoryVersion
from memories.models.stated import Stated
from memories.services.changes import Actor, add_versions, set_text, set_vectors
from memories.services.revise import VersionConflict


class NoSuchVersion(Exception):
    """The memory has no version of that number."""


def restore_version(
    *, memory: Memory, number: int, actor: Actor, expected_version: int | None = None, reason: str = ""
) -> Memory:
    """Make the memory what its version `number` was, and return it.

    Everything that a version keeps comes back, its state too. A version like the present one writes nothing.
    Raises NoSuchVersion, VersionConflict when the memory is not at `expected_version`, Memory.DoesNotExist when it
    has gone, ProviderError when the embedder fails.
    """
    version = memory.versions.filter(number=number).first()
    if version is None:
        raise NoSuchVersion(f"The memory has no version {number}; its last is {memory.version}.")
    return _go_back(memory, version, MemoryVersion.Change.RESTORE, actor, expected_version, reason)


def undo_last(*, memory: Memory, actor: Actor, reason: str = "") -> Memory:
    """Take back the last change of the memory as it was read, and return it; undoing its creation trashes it.

    To undo an undo is to do it again. Raises what restore_version does.
    """
    before = memory.versions.filter(number=memory.version - 1).first()
    return _go_back(memory, before, MemoryVersion.Change.UNDO, actor, memory.version, reason)


def _go_back(
    memory: Memory,
    version: MemoryVersion | None,
    change: MemoryVersion.Change,
    actor: Actor,
    expected_version: int | None,
    reason: str,
) -> Memory:
    vectors = embed_texts(memory.project, [version.text] if version else [])
    with transaction.atomic():
        current = Memory.objects.select_for_update(of=("self",)).with_scope().get(pk=memory.pk)
        if expected_version is not None and current.version != expected_version:
            raise VersionConflict(current)
        if put_back(current, version, vectors):
            add_versions([current], change=change, actor=actor, reason=reason)
    return current


def put_back(memory: Memory, version: MemoryVersion | None, vectors: Vectors) -> bool:
    """Make a locked memory what `version` says, None standing for the trash; tell whether anything differs.

    The row is saved with its vector; its version is the caller's to write. `vectors` has the version's text.
    """
    if _is_like(memory, version):
        return False
    if version is None:
        memory.state = Memory.State.DELETED
    else:
        before = memory.text
        _take_over(memory, version)
        if memory.text != before:
            set_vectors(memory, vectors.of(memory.text))
    now = timezone.now()
    memory.deleted_at = now if memory.state == Memory.State.DELETED else None
    memory.version += 1
    memory.updated_at = now
    memory.save(update_fields=["state", "deleted_at", "version", "updated_at"] if version is None else None)
    return True


def _is_like(memory: Memory, version: MemoryVersion | None) -> bool:
    if version is None:
        return memory.state == Memory.State.DELETED
    names = (*Stated.stated_fields(), "superseded_by_id")
    return all(getattr(memory, name) == getattr(version, name) for name in names)


def _take_over(memory: Memory, version: MemoryVersion) -> None:
    for name in Stated.stated_fields():
        setattr(memory, name, getattr(version, name))
    set_text(memory, version.text)
    successors = Memory.objects.filter(project=memory.project_id)
    memory.superseded_by = successors.filter(pk=pk).first() if (pk := version.superseded_by_id) else None
