"""Who did what. It holds no content, so it can outlive what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.project import Project
from accounts.models.tenancy import Organization

if TYPE_CHECKING:
    from accounts.principal import Principal


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Reads of the audit trail; not for keys that are limited to one end user."""

    def for_principal(self, principal: Principal) -> AuditEntryQuerySet:
        """Narrow to the projects that `principal` may see, and for people to their organizations."""
        if principal.end_user_name:
            return self.none()
        reach = Q(project__in=Project.objects.for_principal(principal))
        if principal.user is not None:
            reach |= Q(organization__in=Organization.objects.for_principal(principal))
        return self.filter(reach)

    def in_project(self, project: Project) -> AuditEntryQuerySet:
        """Narrow to one project."""
        return self.filter(project=project)


class AuditEntry(models.Model):
    """One action on one object; written in the transaction that acts.

    It belongs to a project, or to the organization itself: what becomes of a project must be known after it.
    """

    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="+", db_index=False)
    organization = models.ForeignKey(
        Organization, models.CASCADE, null=True, blank=True, related_name="+", db_index=False
    )
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
            models.Index(
                fields=["organization"], condition=Q(organization__isnull=False), name="audit_by_organization"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(project__isnull=False, organization__isnull=True)
                | Q(project__isnull=True, organization__isnull=False),
                name="audit_of_one_place",
            )
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
