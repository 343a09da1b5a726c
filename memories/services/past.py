"""Reading what was believed at some time, from versions. What was purged is not there to be read."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import OuterRef, Q, QuerySet, Subquery

from memories.models import Memory, MemoryVersion
from memories.models.memory import MemoryQuerySet
from memories.models.stated import Stated
from memories.services.changes import digest

SCOPE = ("end_user", "agent", "app", "run")


def version_at(memory: Memory, at: datetime) -> MemoryVersion | None:
    """Return the version at which the memory stood at `at`, or None if it was not there yet."""
    return memory.versions.filter(created_at__lte=at).order_by("-number").first()


def believed(*, memories: MemoryQuerySet, at: datetime) -> QuerySet[MemoryVersion]:
    """Return, for each of `memories` that could be recalled at `at`, the version at which it stood, newest first.

    That is: the version was active, its last day had not passed, and what it says held.
    """
    day = at.astimezone(UTC).date()
    latest = MemoryVersion.objects.filter(memory=OuterRef("memory"), created_at__lte=at).order_by("-number")
    versions = MemoryVersion.objects.filter(
        memory__in=memories.order_by(), number=Subquery(latest.values("number")[:1]), state=Memory.State.ACTIVE
    )
    holding = versions.filter(
        Q(expiration_date=None) | Q(expiration_date__gte=day),
        Q(valid_from=None) | Q(valid_from__lte=at),
        Q(valid_until=None) | Q(valid_until__gt=at),
    )
    return holding.select_related(*(f"memory__{name}" for name in SCOPE)).order_by("-memory__created_at", "-memory")


def as_it_was(version: MemoryVersion) -> Memory:
    """Return the version's memory as it stood then; not to be saved."""
    memory = version.memory
    for name in Stated.stated_fields():
        setattr(memory, name, getattr(version, name))
    memory.digest = digest(version.text)
    memory.version = version.number
    memory.updated_at = version.created_at
    return memory
