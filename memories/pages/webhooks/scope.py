"""The webhooks that a page request may reach."""

from __future__ import annotations

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.middleware import PageRequest
from memories.models import Webhook
from memories.models.webhook import WebhookQuerySet


def in_reach(request: PageRequest) -> WebhookQuerySet:
    """Return the webhooks of the project the person works in."""
    return Webhook.objects.for_principal(request.principal).in_project(request.project)


def webhook_in_reach(request: PageRequest, webhook_id: UUID) -> Webhook:
    """Return one of them, or answer 404."""
    return get_object_or_404(in_reach(request).select_related("created_by"), pk=webhook_id)
