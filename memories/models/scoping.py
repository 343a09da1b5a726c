"""Who may see a row: one queryset for everything that belongs to a project."""

from __future__ import annotations

from typing import Generic, Self, TypeVar

from django.db import models

from accounts.models import Project
from accounts.principal import Principal

T = TypeVar("T", bound=models.Model)


class ScopedQuerySet(models.QuerySet[T], Generic[T]):
    """Reads of rows that have a `project`; rows outside the principal's reach do not exist for it.

    `end_user_path` is the look-up that leads from the row to its end user's name. A key limited to one end
    user sees nothing of a model that has none.
    """

    end_user_path: str | None = "end_user__name"

    def for_principal(self, principal: Principal) -> Self:
        """Narrow to what `principal` may see."""
        rows = self.filter(project__in=Project.objects.for_principal(principal))
        if unconfirmed := principal.unconfirmed:
            rows = rows.filter(unconfirmed.condition)
        if not principal.end_user_name:
            return rows
        if self.end_user_path is None:
            return rows.none()
        return rows.filter(**{self.end_user_path: principal.end_user_name})

    def in_project(self, project: Project) -> Self:
        """Narrow to one project."""
        return self.filter(project=project)
