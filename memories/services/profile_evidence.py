"""Which lines of a profile still hold, and which memories it has not read yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import F

from memories.derivation.profile_lines import Line
from memories.models import EndUser, Memory, Profile, ProfileLine
from memories.models.memory import MemoryQuerySet
from memories.services.past import believed


def sources_of(end_user: EndUser) -> MemoryQuerySet:
    """Return the memories that a profile of `end_user` is made from."""
    return Memory.objects.filter(end_user=end_user).active().holding().unexpired()


def as_read(memories: MemoryQuerySet, at: datetime) -> set[UUID]:
    """Return the ids of those of `memories` that could be read at `at` and said what they say now.

    That one has been pinned since, promoted or found to last longer, changes nothing about what it says.
    """
    unchanged = believed(memories=memories, at=at).filter(text=F("memory__text")).order_by()
    return set(unchanged.values_list("memory", flat=True))


def standing_lines(end_user: EndUser, profile: Profile) -> list[ProfileLine]:
    """Return the lines of `profile` all of whose memories still say what its maker read."""
    lines = list(profile.lines.all())
    cited = {memory_id for line in lines for memory_id in line.memory_ids}
    if not cited or profile.read_at is None:
        return []
    standing = as_read(sources_of(end_user).filter(pk__in=cited), profile.read_at)
    return [line for line in lines if standing.issuperset(line.memory_ids)]


def unread(end_user: EndUser, profile: Profile, standing: Iterable[ProfileLine]) -> MemoryQuerySet:
    """Return the memories that `profile` hasn't read as they are now, and those of its lines that no longer stand.

    Of a line that has lost one of its memories, the others may still have something to say.
    """
    assert profile.read_at is not None
    sources = sources_of(end_user)
    kept = {line.pk for line in standing}
    fallen = {memory_id for line in profile.lines.all() if line.pk not in kept for memory_id in line.memory_ids}
    return sources.exclude(pk__in=as_read(sources, profile.read_at) - fallen)


def as_lines(rows: Iterable[ProfileLine]) -> list[Line]:
    """Return stored lines as a maker takes them."""
    return [Line(row.field, row.value, tuple(map(str, row.memory_ids)), row.in_list) for row in rows]
