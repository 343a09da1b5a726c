"""Whom and what memories belong to: the API's user_id, agent_id, app_id and run_id."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import Project
from memories.models.scoping import ScopedQuerySet


class EndUserQuerySet(ScopedQuerySet["EndUser"]):
    """Reads of end users."""

    end_user_path = "name"


class UnpeopledQuerySet(ScopedQuerySet["NamedScope"]):
    """Reads of apps, agents and runs: a key limited to one end user sees those that appear with that person."""

    end_user_path = "memory_set__end_user__name"

    def for_principal(self, principal):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
        """Narrow to what `principal` may see, each row once."""
        rows = super().for_principal(principal)
        return rows.distinct() if principal.end_user_name else rows


class NamedScope(models.Model):
    """Something an app names in its calls; unique by that name within a project."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=255)
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        abstract = True
        ordering = ["-updated_at"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="%(app_label)s_%(class)s_named"),
        ]

    def __str__(self) -> str:
        return self.name


class EndUser(NamedScope):
    """Whom memories are about. May be linked to a User, who then sees and controls them."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="end_users"
    )
    is_sample = models.BooleanField(_("sample"), default=False)

    objects = EndUserQuerySet.as_manager()

    class Meta(NamedScope.Meta):
        verbose_name = _("end user")
        verbose_name_plural = _("end users")


class Agent(NamedScope):
    """An assistant that talks with end users: the API's `agent_id`."""

    objects = UnpeopledQuerySet.as_manager()

    class Meta(NamedScope.Meta):
        verbose_name = _("agent")
        verbose_name_plural = _("agents")


class App(NamedScope):
    """An application that sends conversations: the API's `app_id`."""

    objects = UnpeopledQuerySet.as_manager()

    class Meta(NamedScope.Meta):
        verbose_name = _("app")
        verbose_name_plural = _("apps")


class Run(NamedScope):
    """One session of a conversation: the API's `run_id`. Of what is said in an incognito one, nothing is kept."""

    incognito = models.BooleanField(_("incognito"), default=False)

    objects = UnpeopledQuerySet.as_manager()

    class Meta(NamedScope.Meta):
        verbose_name = _("run")
        verbose_name_plural = _("runs")
