"""What a memory said, who changed it, why, from which message. Append-only."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User
from memories.models.event import Event
from memories.models.memory import Memory
from memories.models.scoping import ScopedQuerySet


class VersionQuerySet(ScopedQuerySet["MemoryVersion"]):
    """Reads of versions."""

    end_user_path = "memory__end_user__name"


class MemoryVersion(models.Model):
    """A memory as it stood after one change."""

    class Change(models.TextChoices):
        """What was done."""

        ADD = "ADD", _("Added")
        UPDATE = "UPDATE", _("Edited")
        DELETE = "DELETE", _("Deleted")
        RESTORE = "RESTORE", _("Restored")

    memory = models.ForeignKey(Memory, models.CASCADE, related_name="versions")
    project = models.ForeignKey("accounts.Project", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    change = models.CharField(_("change"), max_length=16, choices=Change)
    text = models.TextField(_("text"))
    categories = ArrayField(models.CharField(max_length=100), default=list, verbose_name=_("categories"))
    metadata = models.JSONField(_("metadata"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=Memory.State)
    expiration_date = models.DateField(_("last day"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    actor = models.CharField(_("who"), max_length=255)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, related_name="+")
    event = models.ForeignKey(Event, models.SET_NULL, null=True, related_name="versions")
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["memory", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.memory_id} v{self.number}"
