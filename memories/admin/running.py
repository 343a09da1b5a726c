"""What the product does and costs."""

from __future__ import annotations

from django.contrib import admin

from memories.admin.read_only import ReadOnly
from memories.models import EmbedderChange, KeyedCall, KnownEmbedder, ModelCall, VectorIndex, Webhook, WebhookDelivery


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


@admin.register(VectorIndex)
class VectorIndexAdmin(ReadOnly):
    """Indexes on vectors: when one was of use, and why one couldn't be made."""

    list_display = ["embedder", "dimensions", "asked_at", "built_at", "seconds", "error"]
    search_fields = ["embedder", "error"]
