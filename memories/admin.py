"""The core in Django admin: for looking. Whatever has history is changed where history is written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from memories.models import (
    AccessLog,
    Agent,
    App,
    AuditEntry,
    EndUser,
    Event,
    KeyedCall,
    Memory,
    MemoryVector,
    MemoryVersion,
    Message,
    Run,
)


class ReadOnly(admin.ModelAdmin[Any]):
    """Shows rows and changes none: a change here would write no version and no audit entry."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse; the view permission still shows the row."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


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


@admin.register(Memory)
class MemoryAdmin(ReadOnly):
    """Memories."""

    list_display = ["text", "project", "end_user", "state", "layer", "version", "created_at"]
    list_filter = ["state", "layer"]
    search_fields = ["id", "text", "end_user__name"]
    list_select_related = ["project", "end_user"]
    exclude = ["lexemes"]


@admin.register(MemoryVersion)
class MemoryVersionAdmin(ReadOnly):
    """Versions."""

    list_display = ["memory_id", "number", "change", "actor", "created_at"]
    list_filter = ["change"]
    search_fields = ["memory__id", "text", "actor"]


@admin.register(MemoryVector)
class MemoryVectorAdmin(ReadOnly):
    """Which embedder embedded what; the numbers themselves tell a person nothing."""

    list_display = ["memory_id", "embedder"]
    list_filter = ["embedder"]
    exclude = ["embedding"]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    """Who did what."""

    list_display = ["created_at", "action", "object_type", "object_id", "actor", "project"]
    list_filter = ["action"]
    search_fields = ["object_id", "actor"]
    list_select_related = ["project"]


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnly):
    """Who read what."""

    list_display = ["created_at", "reader", "query", "project"]
    search_fields = ["query", "reader"]
    list_select_related = ["project"]


@admin.register(KeyedCall)
class KeyedCallAdmin(ReadOnly):
    """Calls with an idempotency key, without what they answered."""

    list_display = ["id", "project", "status", "created_at"]
    list_filter = ["status"]
    list_select_related = ["project"]
    exclude = ["answer"]
