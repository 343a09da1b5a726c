"""The columns that say where a row belongs."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from memories.models.entities import Agent, App, EndUser, Run

# The API's names for a row's scope, and the relation that holds each.
ENTITY_FIELDS: dict[str, str] = {"user_id": "end_user", "agent_id": "agent", "app_id": "app", "run_id": "run"}


class Scoped(models.Model):
    """A row of one project, with any of end user, agent, app and run."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name=_("project"))
    end_user = models.ForeignKey(
        EndUser, models.CASCADE, null=True, blank=True, related_name="%(class)s_set", verbose_name=_("end user")
    )
    agent = models.ForeignKey(
        Agent, models.CASCADE, null=True, blank=True, related_name="%(class)s_set", verbose_name=_("agent")
    )
    app = models.ForeignKey(
        App, models.CASCADE, null=True, blank=True, related_name="%(class)s_set", verbose_name=_("app")
    )
    run = models.ForeignKey(
        Run, models.CASCADE, null=True, blank=True, related_name="%(class)s_set", verbose_name=_("run")
    )

    class Meta:
        abstract = True

    def entity_names(self) -> dict[str, str | None]:
        """Return the scope as the API writes it: user_id, agent_id, app_id and run_id."""
        return {key: getattr(getattr(self, field), "name", None) for key, field in ENTITY_FIELDS.items()}
