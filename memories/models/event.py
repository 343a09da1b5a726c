"""One ingestion job. The row is the job; the broker only says that there is one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import ApiKey, User
from memories.models.scoped import Scoped
from memories.models.scoping import ScopedQuerySet


class EventQuerySet(ScopedQuerySet["Event"]):
    """Reads of events."""

    def unfinished(self) -> EventQuerySet:
        """Narrow to events that still have work to do."""
        return self.filter(status__in=[Event.Status.PENDING, Event.Status.RUNNING])

    def due(self) -> EventQuerySet:
        """Narrow to events that a worker may claim now: waiting ones whose time has come, and abandoned ones."""
        now = timezone.now()
        waiting = Q(status=Event.Status.PENDING, available_at__lte=now)
        abandoned = Q(status=Event.Status.RUNNING, leased_until__lt=now)
        return self.filter(waiting | abandoned)

    def claim(self, event_id: UUID | str) -> Event | None:
        """Lease the event to the caller, or return None when it is done, not due, or in other hands.

        One UPDATE decides: of two workers that were told of the same event, one gets it. `attempts` is the
        fence: whoever writes the outcome must still hold the attempt it claimed.
        """
        claimed = (
            self.due()
            .filter(pk=event_id)
            .update(
                status=Event.Status.RUNNING,
                attempts=models.F("attempts") + 1,
                tries=models.F("tries") + 1,
                leased_until=timezone.now() + timedelta(seconds=settings.EVENT_LEASE_SECONDS),
                started_at=timezone.now(),
            )
        )
        if not claimed:
            return None
        return self.select_related("project", "end_user", "agent", "app", "run", "api_key", "user").get(pk=event_id)


class Event(Scoped):
    """A conversation received, and what became of it."""

    class Status(models.TextChoices):
        """As mem0 names them."""

        PENDING = "PENDING", _("Waiting")
        RUNNING = "RUNNING", _("Running")
        SUCCEEDED = "SUCCEEDED", _("Succeeded")
        FAILED = "FAILED", _("Failed")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.PENDING)
    infer = models.BooleanField(_("extract statements"), default=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    import_key = models.CharField(max_length=255, null=True, blank=True, editable=False)  # noqa: DJ001 (unique or absent)
    said_at = models.DateTimeField(_("said"), help_text=_("When the conversation took place."))

    attempts = models.PositiveIntegerField(_("attempts"), default=0, help_text=_("All of them; never reset."))
    tries = models.PositiveIntegerField(_("tries"), default=0, help_text=_("Since somebody last asked for one."))
    available_at = models.DateTimeField(_("due"), default=timezone.now)
    leased_until = models.DateTimeField(null=True, editable=False)
    error_code = models.CharField(_("error code"), max_length=64, blank=True)
    error = models.TextField(_("error"), blank=True)
    notes = models.JSONField(
        _("notes"), default=list, blank=True, help_text=_("What of it could not be read, and why.")
    )
    refusals = models.JSONField(_("refused statements"), default=list, blank=True)

    extractor = models.CharField(_("extractor"), max_length=200, blank=True)
    model = models.CharField(_("model"), max_length=200, blank=True)
    input_tokens = models.PositiveIntegerField(_("tokens in"), default=0)
    output_tokens = models.PositiveIntegerField(_("tokens out"), default=0)

    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    started_at = models.DateTimeField(_("started"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["project", "-created_at"], name="event_by_project"),
            models.Index(
                fields=["available_at"], condition=Q(status__in=["PENDING", "RUNNING"]), name="event_unfinished"
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["project", "import_key"], name="event_import_once")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def latency(self) -> float | None:
        """Milliseconds from reception to completion, or None while unfinished."""
        if self.completed_at is None:
            return None
        return (self.completed_at - self.created_at).total_seconds() * 1000
