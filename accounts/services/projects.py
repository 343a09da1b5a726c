"""Projects: made, changed, deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models, transaction
from django.db.models.fields.reverse_related import ManyToOneRel
from django.utils.translation import gettext as _

from accounts.authority import require_administration
from accounts.errors import Refused
from accounts.models import Organization, Project
from accounts.principal import Principal
from accounts.services.audit import note


@transaction.atomic
def create_project(*, principal: Principal, organization: Organization, name: str, description: str = "") -> Project:
    """Open a project in `organization`; raise PermissionDenied unless `principal` administers that."""
    require_administration(principal, organization)
    project = Project.objects.create(organization=organization, name=name, description=description)
    note(project, "project.create", project, actor=principal.label)
    return project


@transaction.atomic
def update_project(*, principal: Principal, project: Project, changes: Mapping[str, Any]) -> None:
    """Set the fields of `project` that `changes` names; raise PermissionDenied if `principal` may not."""
    require_administration(principal, project)
    changed = sorted(name for name, value in changes.items() if getattr(project, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(project, name, changes[name])
    project.save(update_fields=[*changed, "updated_at"])
    note(project, "project.update", project, actor=principal.label, fields=changed)


def what_goes(project: Project) -> list[tuple[str, int]]:
    """Return what would be deleted with `project`: the name of each kind of thing, and how many there are."""
    found = []
    for relation in project._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel) and relation.on_delete is models.CASCADE:
            rows = relation.related_model._base_manager.filter(**{relation.field.name: project})
            found.append((str(relation.related_model._meta.verbose_name_plural), rows.count()))
    return [(name, count) for name, count in found if count]


@transaction.atomic
def delete_project(*, principal: Principal, project: Project) -> None:
    """Remove `project` for good, with its memories, messages, events and keys.

    Raise PermissionDenied if `principal` may not, and Refused for an organization's default project, which its
    people always come back to.
    """
    require_administration(principal, project)
    # The lock lets nothing be added that the deletion would not find.
    project = Project.objects.select_for_update(of=("self",)).select_related("organization").get(pk=project.pk)
    if project.is_default:
        raise Refused(_("This is the organization’s default project, which can’t be deleted. Nothing was deleted."))
    note(project.organization, "project.delete", project, actor=principal.label, name=project.name)
    project.delete()


@transaction.atomic
def rename_organization(*, principal: Principal, organization: Organization, name: str) -> None:
    """Give `organization` another name; raise PermissionDenied unless `principal` administers it."""
    require_administration(principal, organization)
    organization.name = name
    organization.save(update_fields=["name"])
    note(organization, "organization.update", organization, actor=principal.label, fields=["name"])
