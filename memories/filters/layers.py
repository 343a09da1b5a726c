"""Filters that name a person and a run, read as mem0's documents describe a search in a session: all layers together.

https://docs.mem0.ai/core-concepts/memory-types: what lasts of the person, the notes of this session, and what is
shared by all. Notes of other sessions are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from accounts.models import Project
from memories.filters.compiler import compile_filter
from memories.filters.fields import ALIASES, ANY, ENTITIES, entity
from memories.filters.operands import either, every
from memories.models.stated import Layer

RUN = "run_id"


def names_run(filters: Any) -> bool:
    """Tell whether whatever matches `filters` must be of one run that they name."""
    return RUN in _split(filters)[0]


def combine_layers(filters: Any, *, project: Project) -> Q:
    """Return the condition for a search in the run that `filters` name, see `names_run`.

    It is matched by what is of the organization layer, by the user memories of whom the filters name, whatever run
    they were told in, and by everything of the run itself, as far as it fits what the filters say besides. Where they
    name nobody but the run, there are no user memories to add. Raises InvalidFilter.
    """
    compile_filter(filters, project=project)
    names, rest = _split(filters)
    run = entity(RUN, names.pop(RUN), project)
    whose = [entity(name, value, project) for name, value in names.items()]
    lasting = [Q(layer=Layer.USER)] if whose else []
    mine = every([*whose, either([run, *lasting])])
    return every([compile_filter(part, project=project) for part in rest] + [Q(layer=Layer.ORGANIZATION) | mine])


def _split(filters: Any) -> tuple[dict[str, Any], list[Any]]:
    """Return the names that must all match, each the first of its kind, and the parts of the filter that remain."""
    names: dict[str, Any] = {}
    rest: list[Any] = []
    for key, value in filters.items() if isinstance(filters, Mapping) else ():
        name = ALIASES.get(key, key)
        if name in ENTITIES and _is_name(value) and name not in names:
            names[name] = value
        elif key == "AND" and isinstance(value, list):
            for part in value:
                inner, remaining = _split(part)
                rest += [{twice: inner.pop(twice)} for twice in inner.keys() & names.keys()] + remaining
                names |= inner
        else:
            rest.append({key: value})
    return names, rest


def _is_name(value: Any) -> bool:
    """Tell whether a condition is one name; `*`, lists and operators stay with the rest."""
    return isinstance(value, str | int) and not isinstance(value, bool) and value not in ("", ANY)
