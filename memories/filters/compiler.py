"""Walking a filter: groups, and the fields in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Project
from memories.filters.errors import InvalidFilter
from memories.filters.fields import ALIASES, COLUMNS, ENTITIES, entity
from memories.filters.metadata import metadata
from memories.filters.operands import MAX_DEPTH, complain, either, every

GROUPS = ("AND", "OR", "NOT")


def compile_filter(filters: Any, *, project: Project) -> Q:
    """Return the condition on memories of `project` that `filters` (decoded JSON) stands for.

    An empty filter is everything. Names are looked up in the project, so that namesakes elsewhere cost nothing.
    Raises InvalidFilter.
    """
    return _group(filters, project, depth=0)


def _group(filters: Any, project: Project, depth: int) -> Q:
    if not isinstance(filters, Mapping):
        complain(_("A filter"), _("an object of fields and AND, OR, NOT"), filters)
    if depth > MAX_DEPTH:
        raise InvalidFilter(_("Filters may be nested %(most)s levels deep.") % {"most": MAX_DEPTH})
    return every([_member(key, value, project, depth) for key, value in filters.items()])


def _member(key: str, value: Any, project: Project, depth: int) -> Q:
    if key not in GROUPS:
        return _field(ALIASES.get(key, key), value, project)
    items = [value] if key == "NOT" and isinstance(value, Mapping) else value
    if not isinstance(items, list) or not items:
        either_way = _("a filter or a list of at least one filter")
        complain(key, either_way if key == "NOT" else _("a list of at least one filter"), value)
    parts = [_group(item, project, depth + 1) for item in items]
    if key == "NOT":
        return every([~part for part in parts])
    return every(parts) if key == "AND" else either(parts)


def _field(name: str, value: Any, project: Project) -> Q:
    if name in ENTITIES:
        return entity(name, value, project)
    if name in COLUMNS:
        return COLUMNS[name](name, value)
    if name == "metadata" or name.startswith("metadata."):
        return metadata(name, value)
    allowed = ", ".join([*ENTITIES, *COLUMNS, "metadata", *GROUPS])
    said = _("Unknown filter field %(name)r. Allowed: %(allowed)s.")
    raise InvalidFilter(said % {"name": name, "allowed": allowed})
