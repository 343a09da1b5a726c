"""What a memory said, who changed it, why, from which message. Append-only."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User
from memories.models.event import Event
from memories.models.memory import Memory
from memories.models.scoped import indexes_of
from memories.models.scoping import ScopedQuerySet
from memories.models.stated import Stated


class VersionQuerySet(ScopedQuerySet["MemoryVersion"]):
    """Reads of versions."""

    end_user_path = "memory__end_user__name"


class MemoryVersion(Stated):
    """A memory as it stood after one change."""

    class Change(models.TextChoices):
        """What was done."""

        ADD = "ADD", _("Added")
        UPDATE = "UPDATE", _("Edited")
        DELETE = "DELETE", _("Deleted")
        RESTORE = "RESTORE", _("Restored")
        SUPERSEDE = "SUPERSEDE", _("Superseded")
        END = "END", _("Ended")
        MERGE = "MERGE", _("Merged")
        APPROVE = "APPROVE", _("Approved")
        REJECT = "REJECT", _("Rejected")
        UNDO = "UNDO", _("Undone")
        PROMOTE = "PROMOTE", _("Promoted")
        EXPIRE = "EXPIRE", _("Expired")
        ARCHIVE = "ARCHIVE", _("Archived")

    memory = models.ForeignKey(Memory, models.CASCADE, related_name="versions", db_index=False)
    project = models.ForeignKey("accounts.Project", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    change = models.CharField(_("change"), max_length=16, choices=Change)
    # An id, not a foreign key: the successor may be purged, and what a version says stays as it was.
    superseded_by_id = models.UUIDField(null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    actor = models.CharField(_("who"), max_length=255)
    model = models.CharField(_("model"), max_length=255, blank=True, help_text=_("The language model that wrote it."))
    prompt_version = models.CharField(_("prompt"), max_length=64, blank=True)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, related_name="+", db_index=False)
    event = models.ForeignKey(Event, models.SET_NULL, null=True, related_name="versions")
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        indexes = indexes_of("version", "user", "api_key")
        constraints = [models.UniqueConstraint(fields=["memory", "number"], name="version_number_once")]

    def __str__(self) -> str:
        return f"{self.memory_id} v{self.number}"
