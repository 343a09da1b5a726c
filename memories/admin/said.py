"""What was said, and by whom."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from memories.admin.read_only import ReadOnly
from memories.models import Agent, App, Attachment, EndUser, Event, Message, Run
from memories.models.attachment import AttachmentQuerySet


@admin.register(EndUser, Agent, App, Run)
class NamedScopeAdmin(ReadOnly):
    """End users, agents, apps and runs."""

    list_display = ["name", "project", "created_at", "updated_at"]
    search_fields = ["name", "project__name"]
    list_select_related = ["project"]


@admin.register(Event)
class EventAdmin(ReadOnly):
    """Jobs."""

    list_display = ["id", "project", "end_user", "status", "attempts", "error_code", "created_at", "completed_at"]
    list_filter = ["status", "error_code", "infer"]
    search_fields = ["id", "error", "end_user__name"]
    list_select_related = ["project", "end_user"]


@admin.register(Message)
class MessageAdmin(ReadOnly):
    """Turns."""

    list_display = ["id", "project", "end_user", "role", "speaker", "text", "said_at"]
    list_filter = ["role"]
    search_fields = ["text", "speaker", "external_id"]
    list_select_related = ["project", "end_user"]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnly):
    """Images and documents; their bytes are not shown here."""

    list_display = ["id", "project", "end_user", "kind", "media_type", "size", "read_at", "note"]
    list_filter = ["kind", "media_type"]
    search_fields = ["source_url", "sha256", "end_user__name"]
    list_select_related = ["project", "end_user"]
    exclude = ["content"]

    def get_queryset(self, request: HttpRequest) -> AttachmentQuerySet:
        """Leave the bytes in the database."""
        return Attachment.objects.without_content()
