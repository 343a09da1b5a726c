"""A search that a person keeps under a name."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import Project, User
from accounts.principal import Principal
from memories.models.scoping import ScopedQuerySet


class SavedFilterQuerySet(ScopedQuerySet["SavedFilter"]):
    """Reads of saved filters: one's own, in projects that one still reaches."""

    end_user_path = None

    def for_principal(self, principal: Principal) -> Self:
        """Narrow to the principal's own; API keys have none."""
        return super().for_principal(principal).filter(user=principal.user)


class SavedFilter(models.Model):
    """What the memories page showed: a query, a filter in the language of the API, and a state."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name=_("project"))
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=100)
    query = models.TextField(_("query"), blank=True)
    filters = models.JSONField(_("filter"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=16, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "user", "name"], name="saved_filter_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_filter_named"),
        ]

    def __str__(self) -> str:
        return self.name
