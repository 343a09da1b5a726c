"""What is reviewed, suppressed and rolled back."""

from __future__ import annotations

from django.contrib import admin

from memories.admin.read_only import ReadOnly
from memories.models import ReviewRule, Rollback, SourceTrust, Suppression


@admin.register(ReviewRule)
class ReviewRuleAdmin(ReadOnly):
    """Review policies."""

    list_display = ["project", "app", "position", "outcome", "confidence_below", "trust_at_most"]
    list_filter = ["outcome"]
    search_fields = ["project__name", "app__name"]
    list_select_related = ["project", "app"]


@admin.register(SourceTrust)
class SourceTrustAdmin(ReadOnly):
    """How far sources are trusted."""

    list_display = ["project", "app", "agent", "api_key", "level"]
    list_filter = ["level"]
    list_select_related = ["project", "app", "agent", "api_key"]


@admin.register(Suppression)
class SuppressionAdmin(ReadOnly):
    """What is never remembered again; the numbers of its vector tell a person nothing."""

    list_display = ["text", "project", "end_user", "actor", "created_at"]
    search_fields = ["text", "end_user__name"]
    list_select_related = ["project", "end_user"]
    exclude = ["embedding", "lexemes"]


@admin.register(Rollback)
class RollbackAdmin(ReadOnly):
    """Rollbacks."""

    list_display = ["id", "project", "requester", "status", "changed", "conflicts", "error_code", "created_at"]
    list_filter = ["status", "error_code"]
    search_fields = ["id", "requester", "error"]
    list_select_related = ["project"]
