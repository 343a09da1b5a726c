"""Finding and making the end users, agents, apps and runs that calls name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from accounts.models import Project
from accounts.prepared import Prepared
from memories.models import Agent, App, EndUser, Run
from memories.models.entities import NamedScope
from memories.models.scoped import ENTITY_FIELDS, Scoped

# Whose a row is, by the names of its columns.
Belonging = Mapping[str, NamedScope]
# In which project a call names whom, by the API's keys.
Asked = tuple[Project, Mapping[str, str]]
# Entities by the name of their column, their project and their own name.
Known = dict[tuple[str, UUID, str], NamedScope]


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


def existing_together(asked: Sequence[Asked]) -> Known:
    """Return what `existing_entities` does for several calls at once, with one query for each kind that they name."""
    known: Known = {}
    for key, field_name in ENTITY_FIELDS.items():
        wanted = list({(project.pk, name) for project, names in asked if (name := names.get(key))})
        if wanted:
            condition = "(project_id, name) IN (SELECT * FROM unnest(%s::uuid[], %s::text[]))"
            rows = _ALL[field_name].narrowed(condition, [list(values) for values in zip(*wanted, strict=True)])
            known |= {(field_name, row.project_id, row.name): row for row in rows}
    return known


def resolve_together(asked: Sequence[Asked], known: Known) -> list[dict[str, NamedScope]]:
    """Return what `resolve_entities` does for each of several calls, which have these `known`.

    Those that are new are made in the order of their names, so that of two transactions that make the same ones
    neither waits for the other in a circle.
    """
    wanted = [
        {field_name: (project, name) for key, field_name in ENTITY_FIELDS.items() if (name := names.get(key))}
        for project, names in asked
    ]
    places = {(field_name, project.pk, name): project for one in wanted for field_name, (project, name) in one.items()}
    for key in sorted(places.keys() - known.keys()):
        field_name, _project, name = key
        known[key] = _made(field_name, places[key], name)
    return [
        {field_name: known[field_name, project.pk, name] for field_name, (project, name) in one.items()}
        for one in wanted
    ]


def belong(rows: Iterable[Scoped], scope: Belonging) -> None:
    """Say whose the rows are."""
    for row in rows:
        for name, entity in scope.items():
            setattr(row, name, entity)


def _made(field_name: str, project: Project, name: str) -> NamedScope:
    entity, _created = _MODELS[field_name]._default_manager.get_or_create(project=project, name=name)
    return entity


def _named(model: type[NamedScope]) -> Prepared[NamedScope]:
    return Prepared(
        lambda project, name: model._default_manager.filter(project=project, name=name).order_by(),
        {"project": UUID, "name": str},
    )


_MODELS: dict[str, type[NamedScope]] = {"end_user": EndUser, "agent": Agent, "app": App, "run": Run}
_NAMED = {field_name: _named(model) for field_name, model in _MODELS.items()}
_ALL: dict[str, Prepared[NamedScope]] = {
    field_name: Prepared(model._default_manager.order_by, {}) for field_name, model in _MODELS.items()
}
