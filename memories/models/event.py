"""One ingestion job: a conversation received, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, User
from memories.models.job import Job, JobQuerySet
from memories.models.scoped import Scoped, indexes_of

if TYPE_CHECKING:
    from memories.models.version import MemoryVersion


class EventQuerySet(JobQuerySet["Event"]):
    """Reads of events."""


class Event(Job, Scoped):
    """A conversation received, and what became of it."""

    TASK = "memories.tasks.ingest"
    # What it did, where whoever recorded it has that at hand: not a column.
    written: Sequence[MemoryVersion] | None = None

    infer = models.BooleanField(_("extract statements"), default=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    import_key = models.CharField(max_length=255, null=True, blank=True, editable=False)  # noqa: DJ001 (unique or absent)
    said_at = models.DateTimeField(_("said"), help_text=_("When the conversation took place."))
    notes = models.JSONField(
        _("notes"), default=list, blank=True, help_text=_("What of it could not be read, and why.")
    )
    refusals = models.JSONField(_("refused statements"), default=list, blank=True)
    withheld = models.JSONField(
        _("withheld"),
        default=list,
        blank=True,
        help_text=_("What was masked, refused or not kept for privacy: kind, action and count, never what it said."),
    )

    extractor = models.CharField(_("extractor"), max_length=200, blank=True)
    model = models.CharField(_("model"), max_length=200, blank=True)
    input_tokens = models.PositiveIntegerField(_("tokens in"), default=0)
    output_tokens = models.PositiveIntegerField(_("tokens out"), default=0)

    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", db_index=False)
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, related_name="+", db_index=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-created_at"]
        indexes = [
            *indexes_of("event", "end_user", "agent", "app", "run", "user", "api_key"),
            models.Index(fields=["project", "-created_at"], name="event_by_project"),
            models.Index(
                fields=["available_at"], condition=Q(status__in=["PENDING", "RUNNING"]), name="event_unfinished"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["project", "import_key"], name="event_import_once")]

    def __str__(self) -> str:
        return str(self.pk)
