"""Who read which memory for which query."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from memories.models.scoping import ScopedQuerySet


class AccessLogQuerySet(ScopedQuerySet["AccessLog"]):
    """Reads of the access log; not for keys that are limited to one end user."""

    end_user_path = None


class AccessLog(models.Model):
    """One search, with the memories it returned, best first: one row, so that logging costs one insert."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    reader = models.CharField(_("reader"), max_length=255)
    query = models.TextField(_("query"))
    memory_ids = ArrayField(models.UUIDField(), verbose_name=_("memories"))
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = AccessLogQuerySet.as_manager()

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("access log")
        ordering = ["-created_at", "-id"]
        indexes = [
            GinIndex(fields=["memory_ids"], name="access_by_memory"),
            models.Index(fields=["project", "-created_at"], name="access_by_project"),
        ]

    def __str__(self) -> str:
        return f"{self.reader}: {self.query[:60]}"
