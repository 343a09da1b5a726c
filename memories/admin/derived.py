"""What is made of memories."""

from __future__ import annotations

from django.contrib import admin

from memories.admin.read_only import ReadOnly
from memories.models import Feedback, MemoryExport, Profile, ProfileLine, ProfileRequest, ProfileSettings


@admin.register(MemoryExport)
class MemoryExportAdmin(ReadOnly):
    """Exports."""

    list_display = ["id", "project", "requester", "status", "attempts", "error_code", "created_at", "completed_at"]
    list_filter = ["status", "error_code"]
    search_fields = ["id", "requester", "error"]
    list_select_related = ["project"]


@admin.register(Feedback)
class FeedbackAdmin(ReadOnly):
    """Opinions."""

    list_display = ["memory_id", "project", "value", "reason", "author", "updated_at"]
    list_filter = ["value"]
    search_fields = ["memory__id", "reason", "author"]
    list_select_related = ["project"]


@admin.register(ProfileSettings)
class ProfileSettingsAdmin(ReadOnly):
    """Which projects make profiles."""

    list_display = ["project", "enabled", "updated_at"]
    list_filter = ["enabled"]
    list_select_related = ["project"]


@admin.register(ProfileRequest)
class ProfileRequestAdmin(ReadOnly):
    """Who asked for profiles."""

    list_display = ["id", "project", "operation", "end_user_name", "requester", "created_at"]
    list_filter = ["operation"]
    search_fields = ["id", "end_user_name", "requester"]
    list_select_related = ["project"]


@admin.register(Profile)
class ProfileAdmin(ReadOnly):
    """Each making of a profile."""

    list_display = ["end_user", "project", "status", "line_count", "maker", "error_code", "created_at"]
    list_filter = ["status", "error_code"]
    search_fields = ["id", "end_user__name", "error"]
    list_select_related = ["project", "end_user"]


@admin.register(ProfileLine)
class ProfileLineAdmin(ReadOnly):
    """What profiles say."""

    list_display = ["profile", "project", "field", "value"]
    search_fields = ["profile__end_user__name", "field"]
    list_select_related = ["project", "profile"]
