"""Taking back what one source wrote: a job that goes on where it stopped."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, Project, User
from memories.models.entities import App, Run
from memories.models.event import Event
from memories.models.job import Job, JobQuerySet


class RollbackQuerySet(JobQuerySet["Rollback"]):
    """Reads of rollbacks; not for keys that are limited to one end user."""

    end_user_path = None


class Rollback(Job):
    """Which source's changes are taken back, from when on, and how far that is.

    Memories are done in the order of their ids; `cursor` is the last one that is done, written in the transaction
    that did it. `conflicts` counts those that somebody else has changed since and that were left alone.
    """

    TASK = "memories.tasks.roll_back"
    # Which versions a source wrote, as look-ups from a version.
    LOOK_UPS = {"event": "event", "run": "event__run", "app": "event__app", "source_key": "api_key"}

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name=_("project"))
    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="+", verbose_name=_("event"))
    run = models.ForeignKey(Run, models.CASCADE, null=True, related_name="+", verbose_name=_("run"))
    app = models.ForeignKey(App, models.CASCADE, null=True, related_name="+", verbose_name=_("app"))
    source_key = models.ForeignKey(ApiKey, models.CASCADE, null=True, related_name="+", verbose_name=_("API key"))
    since = models.DateTimeField(_("since"), null=True)
    include_conflicts = models.BooleanField(_("also what others changed since"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    cursor = models.UUIDField(null=True, editable=False)
    changed = models.PositiveIntegerField(_("memories taken back"), default=0)
    conflicts = models.PositiveIntegerField(_("left alone"), default=0)

    requester = models.CharField(_("who"), max_length=255)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, related_name="+")

    objects = RollbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("rollback")
        verbose_name_plural = _("rollbacks")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="rollback_by_project"),
            models.Index(
                fields=["available_at"], condition=Q(status__in=["PENDING", "RUNNING"]), name="rollback_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def source(self) -> tuple[str, Any]:
        """Return what kind of source it is, a key of LOOK_UPS, and the source."""
        kind = next(name for name in self.LOOK_UPS if getattr(self, f"{name}_id") is not None)
        return kind, getattr(self, kind)
