"""The columns that say where a row belongs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from memories.models.entities import Agent, App, EndUser, Run

# The API's names for a row's scope, and the relation that holds each.
ENTITY_FIELDS: dict[str, str] = {"user_id": "end_user", "agent_id": "agent", "app_id": "app", "run_id": "run"}


def indexes_of(model: str, *names: str) -> list[models.Index]:
    """Return an index on each of a model's foreign keys that are mostly null: of the rows that have one.

    Each index on a column that is null costs an insertion as much as on one that isn't.
    """
    return [
        models.Index(fields=[name], condition=models.Q(**{f"{name}__isnull": False}), name=f"{model}_of_{name}")
        for name in names
    ]


class Scoped(models.Model):
    """A row of one project, with any of end user, agent, app and run. Its model says how they are indexed."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False, verbose_name=_("project"))
    end_user = models.ForeignKey(
        EndUser,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)s_set",
        db_index=False,
        verbose_name=_("end user"),
    )
    agent = models.ForeignKey(
        Agent,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="%(class)s_set",
        db_index=False,
        verbose_name=_("agent"),
    )
    app = models.ForeignKey(
        App, models.CASCADE, null=True, blank=True, related_name="%(class)s_set", db_index=False, verbose_name=_("app")
    )
    run = models.ForeignKey(
        Run, models.CASCADE, null=True, blank=True, related_name="%(class)s_set", db_index=False, verbose_name=_("run")
    )

    class Meta:
        abstract = True

    def entity_names(self) -> dict[str, str | None]:
        """Return the scope as the API writes it: user_id, agent_id, app_id and run_id."""
        # By column first, as to find by its descriptor that there is nothing takes longer than to find something.
        return {
            key: None if getattr(self, f"{field}_id") is None else getattr(self, field).name
            for key, field in ENTITY_FIELDS.items()
        }
