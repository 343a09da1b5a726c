"""Writing down what consolidation does: a version and an audit entry each, like any change."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef
from django.utils import timezone

from memories.models import Memory, MemoryVersion
from memories.models.memory import MemoryQuerySet
from memories.services.changes import Actor, add_versions

ACTOR = Actor(label="consolidation")
BATCH = 500
Change = MemoryVersion.Change
BROUGHT_BACK = (Change.UNDO, Change.RESTORE)


def write(memories: Sequence[Memory], *, change: MemoryVersion.Change, reason: str, fields: Sequence[str]) -> None:
    """Save `fields` of `memories`, changed by the caller under a lock, each as a new version; in a transaction."""
    now = timezone.now()
    for memory in memories:
        memory.version += 1
        memory.updated_at = now
    Memory.objects.bulk_update(memories, [*fields, "version", "updated_at"], batch_size=BATCH)
    add_versions(memories, change=change, actor=ACTOR, reason=reason, at=now)


def never_brought_back(memories: MemoryQuerySet) -> MemoryQuerySet:
    """Narrow to memories that nobody has ever brought back: whoever has done so is not overruled by a schedule."""
    undone = MemoryVersion.objects.filter(memory=OuterRef("pk"), change__in=BROUGHT_BACK)
    return memories.filter(~Exists(undone))
