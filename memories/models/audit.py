"""Who did what. It holds no content, so it can outlive what it is about."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from memories.models.scoping import ScopedQuerySet


class AuditEntryQuerySet(ScopedQuerySet["AuditEntry"]):
    """Reads of the audit trail; not for keys that are limited to one end user."""

    end_user_path = None


class AuditEntry(models.Model):
    """One action on one object; written in the transaction that acts."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    action = models.CharField(_("action"), max_length=50)
    object_type = models.CharField(_("object"), max_length=50)
    # An id, not a foreign key: the entry stays when the object is purged.
    object_id = models.CharField(_("object id"), max_length=64)
    actor = models.CharField(_("who"), max_length=255)
    details = models.JSONField(_("details"), default=dict, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="audit_by_project"),
            models.Index(fields=["object_id"], name="audit_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
