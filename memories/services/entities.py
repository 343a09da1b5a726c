"""Finding and making the end users, agents, apps and runs that calls name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from accounts.models import Project
from accounts.prepared import Prepared
from memories.models import Agent, App, EndUser, Run
from memories.models.entities import NamedScope
from memories.models.scoped import ENTITY_FIELDS, Scoped

# Whose a row is, by the names of its columns.
Belonging = Mapping[str, NamedScope]


def resolve_entities(*, project: Project, names: Mapping[str, str]) -> dict[str, NamedScope]:
    """Return the end user, agent, app and run that `names` names, created where new, by field name."""
    found = existing_entities(project=project, names=names)
    for key, field_name in ENTITY_FIELDS.items():
        if (name := names.get(key)) and field_name not in found:
            found[field_name] = _made(field_name, project, name)
    return found


def existing_entities(*, project: Project, names: Mapping[str, str]) -> dict[str, NamedScope]:
    """Return those of the end user, agent, app and run that `names` names and that there are, by field name."""
    return {
        field_name: row
        for key, field_name in ENTITY_FIELDS.items()
        if (name := names.get(key))
        for row in _NAMED[field_name](project=project.pk, name=name)
    }


def entities_of(project: Project, names: Mapping[str, str], ids: Mapping[str, UUID]) -> dict[str, NamedScope]:
    """Return what `resolve_entities` does, where their `ids` are known by column; more than names is not read yet."""
    return {
        field_name: MODELS[field_name].from_db(
            DEFAULT_DB_ALIAS, ("id", "project_id", "name"), (ids[f"{field_name}_id"], project.pk, names[key])
        )
        for key, field_name in ENTITY_FIELDS.items()
        if names.get(key)
    }


def belong(rows: Iterable[Scoped], scope: Belonging) -> None:
    """Say whose the rows are."""
    for row in rows:
        for name, entity in scope.items():
            # What the descriptor of a foreign key does, without its checks.
            setattr(row, f"{name}_id", entity.pk)
            row._state.fields_cache[name] = entity


def _made(field_name: str, project: Project, name: str) -> NamedScope:
    entity, _created = MODELS[field_name]._default_manager.get_or_create(project=project, name=name)
    return entity


def _named(model: type[NamedScope]) -> Prepared[NamedScope]:
    return Prepared(
        lambda project, name: model._default_manager.filter(project=project, name=name).order_by(),
        {"project": UUID, "name": str},
    )


MODELS: dict[str, type[NamedScope]] = {"end_user": EndUser, "agent": Agent, "app": App, "run": Run}
_NAMED = {field_name: _named(model) for field_name, model in MODELS.items()}
