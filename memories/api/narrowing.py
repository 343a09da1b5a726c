"""From a call to the memories it means: what its caller may touch, and of that what its filters say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Q
from rest_framework import exceptions

from accounts.models import Project
from accounts.principal import Principal
from memories.filters import combine_layers, compile_filter, says_whose
from memories.models import Memory
from memories.models.memory import MemoryQuerySet


def memories_of(principal: Principal, project: Project) -> MemoryQuerySet:
    """Return the project's memories that `principal` may touch, the trash apart."""
    return Memory.objects.for_principal(principal).in_project(project).kept()


def narrowed(memories: MemoryQuerySet, given: dict[str, Any], project: Project) -> MemoryQuerySet:
    """Apply a call's filters, which must say whose memories are meant."""
    filters = given["filters"]
    compiled = combine_layers if given.get("combine_layers") else compile_filter
    condition: Q = compiled(filters, project=project)
    if not says_whose(filters):
        raise exceptions.ValidationError(
            {
                "filters": [
                    'Say whose memories are meant: filters needs user_id, agent_id, app_id or run_id ("*" for any).'
                ]
            }
        )
    as_of: datetime | None = given.get("as_of")
    day: date | None = given.get("reference_date") or (as_of.date() if as_of else None)
    by_time = as_of or given.get("latest_only", True)
    held = memories.holding(as_of, now=given.get("now")) if by_time else memories.current()
    found = held.filter(condition)
    return found if given.get("show_expired") else found.unexpired(on=day)
