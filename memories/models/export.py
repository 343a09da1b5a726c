"""A copy of memories in a shape of the caller's own."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Project, User
from memories.models.job import Job, JobQuerySet


class MemoryExportQuerySet(JobQuerySet["MemoryExport"]):
    """Reads of exports. A key limited to one end user sees those that were asked for under the same limit."""

    end_user_path = "end_user_name"

    def kept(self) -> MemoryExportQuerySet:
        """Narrow to exports whose time has not run out."""
        return self.filter(created_at__gt=timezone.now() - timedelta(days=settings.EXPORT_DAYS))


class MemoryExport(Job):
    """Which memories were asked for, in what shape, and what came of it."""

    TASK = "memories.tasks.export"

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name=_("project"))
    schema = models.JSONField(_("schema"))
    filters = models.JSONField(_("filters"))
    instructions = models.TextField(_("instructions"), blank=True)
    end_user_name = models.CharField(_("limited to end user"), max_length=255, blank=True)
    # NULL until there is one; an empty object is a result.
    result = models.JSONField(_("result"), null=True)
    notes = models.JSONField(_("notes"), default=list)
    # The memories that the result was made from: it goes when one of them is purged.
    memory_ids = ArrayField(models.UUIDField(), default=list, verbose_name=_("memories"))
    maker = models.CharField(_("made by"), max_length=200, blank=True)
    requester = models.CharField(_("who"), max_length=255)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, related_name="+")

    objects = MemoryExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at"]
        indexes = [
            GinIndex(fields=["memory_ids"], name="export_by_memory"),
            models.Index(fields=["project", "-created_at"], name="export_by_project"),
            models.Index(
                fields=["available_at"], condition=Q(status__in=["PENDING", "RUNNING"]), name="export_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def expires_at(self) -> datetime:
        """Return when the export is deleted."""
        return self.created_at + timedelta(days=settings.EXPORT_DAYS)
