"""One verbatim turn: ground truth, never rewritten."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from memories.models.event import Event
from memories.models.scoped import Scoped, indexes_of
from memories.models.scoping import ScopedQuerySet


class MessageQuerySet(ScopedQuerySet["Message"]):
    """Reads of messages."""


class Message(Scoped):
    """What somebody said, when, in which event."""

    class Role(models.TextChoices):
        """Who speaks: only a user's words can become facts about the user."""

        USER = "user", _("User")
        ASSISTANT = "assistant", _("Assistant")
        SYSTEM = "system", _("System")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    event = models.ForeignKey(Event, models.CASCADE, related_name="messages", db_index=False)
    position = models.PositiveIntegerField(_("position"))
    role = models.CharField(_("role"), max_length=16, choices=Role)
    speaker = models.CharField(_("speaker"), max_length=255, blank=True)
    text = models.TextField(_("text"), blank=True)
    external_id = models.CharField(_("id in its source"), max_length=255, blank=True)
    said_at = models.DateTimeField(_("said"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["event", "position"]
        indexes = indexes_of("message", "project", "end_user", "agent", "app", "run")
        constraints = [models.UniqueConstraint(fields=["event", "position"], name="message_position_once")]

    def __str__(self) -> str:
        return f"{self.speaker or self.role}: {self.text[:60]}"
