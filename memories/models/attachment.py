"""An image or document that came with a message."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from memories.attachments import kinds
from memories.models.message import Message
from memories.models.scoped import Scoped, indexes_of
from memories.models.scoping import ScopedQuerySet


class AttachmentQuerySet(ScopedQuerySet["Attachment"]):
    """Reads of attachments."""

    def of_event(self, event_id: UUID) -> AttachmentQuerySet:
        """Narrow to what came with one event's messages, in order."""
        return self.filter(message__event=event_id).order_by("message__position", "position")

    def without_content(self) -> AttachmentQuerySet:
        """Leave the bytes in the database until somebody asks for them."""
        return self.defer("content")


class Attachment(Scoped):
    """What was attached, where it was, and what was read in it.

    `content` is what was sent or found at `source_url`, never changed; None until it is fetched. `text` is
    what was read in it, with `read_at`; `note` says why it was not read, or not wholly.
    """

    class Kind(models.TextChoices):
        """As the part of the message says."""

        IMAGE = kinds.IMAGE, _("Image")
        PDF = kinds.PDF, _("PDF")
        TXT = kinds.TXT, _("Text file")
        MDX = kinds.MDX, _("MDX file")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    message = models.ForeignKey(Message, models.CASCADE, related_name="attachments", db_index=False)
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    source_url = models.TextField(_("address"), blank=True)
    media_type = models.CharField(_("media type"), max_length=100, blank=True)
    size = models.PositiveIntegerField(_("size"), default=0)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    content = models.BinaryField(_("content"), null=True)
    text = models.TextField(_("text"), blank=True)
    note = models.TextField(_("note"), blank=True)
    reader = models.CharField(_("read by"), max_length=200, blank=True)
    read_at = models.DateTimeField(_("read"), null=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["message", "position"]
        indexes = indexes_of("attachment", "project", "end_user", "agent", "app", "run")
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="attachment_position_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source_url[:200]}".rstrip()

    @property
    def is_image(self) -> bool:
        """Tell whether it is there to be shown, and as an image."""
        return self.media_type in kinds.IMAGE_TYPES


def content_fields(content: bytes, media_type: str) -> dict[str, Any]:
    """Return the fields that keep `content`, what it is and what proves that it is the same."""
    return {
        "content": content,
        "media_type": media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
