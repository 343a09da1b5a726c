"""Memories as facts for those who make something of them, and the check that they still hold at the end."""

from __future__ import annotations

from collections.abc import Iterable

from memories.derivation.facts import Fact
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.services.jobs import Outdated

# More would neither fit a model nor be read by anybody; the newest are the most likely to hold.
MOST = 10_000


def facts_of(memories: MemoryQuerySet, *, limit: int = MOST) -> list[Fact]:
    """Return the newest `limit` of `memories` as facts, what was said last first."""
    newest = memories.with_scope().order_by("-said_at", "-pk")[:limit]
    return [
        Fact(
            id=str(memory.pk),
            text=memory.text,
            said_at=memory.said_at,
            categories=tuple(memory.categories),
            metadata=memory.metadata,
            names=memory.entity_names(),
        )
        for memory in newest
    ]


def hold_still(memory_ids: Iterable[str]) -> list[str]:
    """Lock the memories with these ids and return them in order; raise Outdated if one is gone.

    Whoever purges one waits for the lock and then finds what was made of it. To be called before any other
    row is locked, in the order in which those who purge lock theirs.
    """
    ids = sorted(memory_ids)
    locked = Memory.objects.active().filter(pk__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    if len(locked.values_list("pk", flat=True)) < len(ids):
        raise Outdated("A memory was deleted while this was being made from it.")
    return ids
