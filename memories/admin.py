"""The core in Django admin: for looking. Whatever has history is changed where history is written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from memories.models import (
    AccessLog,
    Agent,
    App,
    Attachment,
    Conflict,
    EmbedderChange,
    EndUser,
    ErasureCertificate,
    Event,
    Feedback,
    KeyedCall,
    KnownEmbedder,
    LeftoverCheck,
    Memory,
    MemoryExport,
    MemoryVector,
    MemoryVersion,
    Message,
    ModelCall,
    Profile,
    ProfileLine,
    ProfileRequest,
    ProfileSettings,
    ReviewRule,
    Rollback,
    Run,
    SavedFilter,
    SourceTrust,
    Suppression,
    Tombstone,
    VisitMark,
    Webhook,
    WebhookDelivery,
)
from memories.models.attachment import AttachmentQuerySet


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


@admin.register(VisitMark)
class VisitMarkAdmin(ReadOnly):
    """How far the access log has been counted."""

    list_display = ["read", "link"]


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


@admin.register(Webhook)
class WebhookAdmin(ReadOnly):
    """Webhooks, without their secrets."""

    list_display = ["name", "url", "project", "disabled_because", "failures", "failing_since", "created_at"]
    list_filter = ["disabled_because"]
    search_fields = ["id", "name", "url"]
    list_select_related = ["project"]
    exclude = ["secret", "previous_secret"]


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnly):
    """What webhooks were told."""

    list_display = ["created_at", "webhook", "event_type", "status", "attempts", "answer_status", "error"]
    list_filter = ["status", "event_type"]
    search_fields = ["id", "object_id", "webhook__name"]
    list_select_related = ["webhook"]


@admin.register(ModelCall)
class ModelCallAdmin(ReadOnly):
    """What models were asked for, and what it cost."""

    list_display = ["created_at", "project", "purpose", "provider", "model", "input_tokens", "output_tokens", "cost"]
    list_filter = ["purpose", "provider", "outcome"]
    search_fields = ["job_id", "model"]
    list_select_related = ["project"]


@admin.register(KeyedCall)
class KeyedCallAdmin(ReadOnly):
    """Calls with an idempotency key, without what they answered."""

    list_display = ["id", "project", "status", "created_at"]
    list_filter = ["status"]
    list_select_related = ["project"]
    exclude = ["answer"]


@admin.register(EmbedderChange)
class EmbedderChangeAdmin(ReadOnly):
    """Changes from one embedder to another."""

    list_display = ["project", "source", "target", "status", "phase", "cancelled", "done", "total", "created_at"]
    list_filter = ["status", "phase"]
    search_fields = ["id", "project__name", "error"]
    list_select_related = ["project"]


@admin.register(KnownEmbedder)
class KnownEmbedderAdmin(ReadOnly):
    """Embedders that were configured once; their keys are nowhere in the database."""

    list_display = ["name", "backend", "seen_at"]
    search_fields = ["name"]


@admin.register(Tombstone)
class TombstoneAdmin(ReadOnly):
    """That something was erased."""

    list_display = ["erased_at", "kind", "object_id", "project"]
    list_filter = ["kind"]
    search_fields = ["object_id"]
    list_select_related = ["project"]


@admin.register(ErasureCertificate)
class ErasureCertificateAdmin(ReadOnly):
    """Certificates of erasure."""

    list_display = ["created_at", "subject", "object_id", "project", "actor"]
    list_filter = ["subject"]
    search_fields = ["id", "object_id", "actor"]
    list_select_related = ["project"]


@admin.register(LeftoverCheck)
class LeftoverCheckAdmin(ReadOnly):
    """What each search for leftovers of erasures found; it should be nothing."""

    list_display = ["started_at", "completed_at", "looked_at", "number_found"]
    search_fields = ["found"]

    @admin.display(description=_("leftovers"))
    def number_found(self, check: LeftoverCheck) -> int:
        """Return how many."""
        return len(check.found)


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
