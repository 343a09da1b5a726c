"""What is remembered, and what concerns it."""

from __future__ import annotations

from django.contrib import admin

from memories.admin.read_only import ReadOnly
from memories.models import AccessLog, Conflict, Memory, MemoryVector, MemoryVersion, SavedFilter, VisitMark


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


@admin.register(Conflict)
class ConflictAdmin(ReadOnly):
    """What seems at odds."""

    list_display = ["id", "project", "older_id", "newer_id", "similarity", "decision", "created_at", "resolved_at"]
    list_filter = ["decision"]
    search_fields = ["older__id", "newer__id"]
    list_select_related = ["project"]


@admin.register(MemoryVector)
class MemoryVectorAdmin(ReadOnly):
    """Which embedder embedded what; the numbers themselves tell a person nothing."""

    list_display = ["memory_id", "embedder"]
    list_filter = ["embedder"]
    exclude = ["embedding"]


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnly):
    """What people keep to look for again."""

    list_display = ["name", "user", "project", "query", "updated_at"]
    search_fields = ["name", "user__email"]
    list_select_related = ["user", "project"]


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnly):
    """Who read what."""

    list_display = ["created_at", "reader", "query", "project"]
    search_fields = ["query", "reader"]
    list_select_related = ["project"]


@admin.register(VisitMark)
class VisitMarkAdmin(ReadOnly):
    """How far the access log has been counted."""

    list_display = ["read", "link"]
