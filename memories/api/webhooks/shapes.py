"""Webhooks and their deliveries as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from memories.models import Webhook, WebhookDelivery


def webhook_shape(webhook: Webhook) -> dict[str, Any]:
    """Return a webhook: mem0's fields, and why it is disabled if it is. Never its secret."""
    return {
        "webhook_id": str(webhook.pk),
        "name": webhook.name,
        "url": webhook.url,
        "event_types": webhook.event_types,
        "owner": webhook.created_by.email if webhook.created_by else None,
        "project": str(webhook.project_id),
        "is_active": webhook.is_active,
        "disabled_because": webhook.disabled_because or None,
        "created_at": _iso(webhook.created_at),
        "updated_at": _iso(webhook.updated_at),
    }


def delivery_shape(delivery: WebhookDelivery) -> dict[str, Any]:
    """Return an entry of the log."""
    waits = delivery.status == WebhookDelivery.Status.PENDING
    return {
        "id": str(delivery.pk),
        "webhook_id": str(delivery.webhook_id),
        "event_type": delivery.event_type,
        "object_id": str(delivery.object_id) if delivery.object_id else None,
        "payload": delivery.payload,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "answer_status": delivery.answer_status,
        "answer": delivery.answer,
        "error": delivery.error or None,
        "duration": delivery.duration,
        "created_at": _iso(delivery.created_at),
        "attempted_at": _iso(delivery.attempted_at),
        "next_attempt_at": _iso(delivery.available_at) if waits else None,
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
