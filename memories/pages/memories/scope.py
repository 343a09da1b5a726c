"""The memories that a page request may reach."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.shortcuts import get_object_or_404

from accounts.middleware import PageRequest
from memories.models import Memory
from memories.models.memory import MemoryQuerySet


def in_reach(request: PageRequest) -> MemoryQuerySet:
    """Return the memories of the project the person works in, whatever their state."""
    return Memory.objects.for_principal(request.principal).in_project(request.project)


def memory_in_reach(request: PageRequest, memory_id: UUID) -> Memory:
    """Return one of them with the names of its scope, or answer 404."""
    return get_object_or_404(in_reach(request).with_scope(), pk=memory_id)


def purge_time(memory: Memory) -> datetime | None:
    """Return when a memory in the trash goes for good; None for any other."""
    return memory.deleted_at + timedelta(days=settings.TRASH_DAYS) if memory.deleted_at else None
