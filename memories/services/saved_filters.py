"""Keeping a search under a name."""

from __future__ import annotations

from typing import Any

from accounts.models import Project, User
from memories.filters import compile_filter
from memories.models import SavedFilter


def save_filter(
    *, user: User, project: Project, name: str, query: str, filters: dict[str, Any], state: str
) -> tuple[SavedFilter, bool]:
    """Keep the search for this person and project; return it, and whether the name was new.

    Under a name that they use already it replaces the old one. Raises InvalidFilter.
    """
    compile_filter(filters, project=project)
    kept = {"query": query, "filters": filters, "state": state}
    return SavedFilter.objects.update_or_create(user=user, project=project, name=name, defaults=kept)
