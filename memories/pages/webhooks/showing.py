"""A webhook and its log."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import PageRequest
from accounts.pages.projects import may_write
from memories.models import Webhook, WebhookDelivery
from memories.models.webhook import DeliveryQuerySet
from memories.pages.webhooks.scope import webhook_in_reach

PAGE_SIZE = 25
# What is due by then is worth looking again for.
SOON = timedelta(seconds=10)


@require_safe
def webhook_detail(request: PageRequest, webhook_id: UUID) -> HttpResponse:
    """Show a webhook with its log; the log asks again by itself while something is about to be sent."""
    webhook = webhook_in_reach(request, webhook_id)
    status = request.GET.get("status", "")
    deliveries = WebhookDelivery.objects.for_principal(request.principal).filter(webhook=webhook)
    page = Paginator(_of_status(deliveries, status), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "webhook": webhook,
        "page": page,
        "deliveries": [(delivery, _printed(delivery.payload)) for delivery in page],
        "status": status,
        "statuses": WebhookDelivery.Status.choices,
        "sending": _is_sending(webhook, deliveries),
        "waiting": deliveries.filter(status=WebhookDelivery.Status.PENDING).count(),
        "days": settings.WEBHOOK_LOG_DAYS,
        "now": timezone.now(),
        "may_write": may_write(request),
    }
    return render(request, "webhooks/detail.html#log" if request.htmx else "webhooks/detail.html", context)


def _of_status(deliveries: DeliveryQuerySet, status: str) -> DeliveryQuerySet:
    """Return those with this status, all for ""; a status that there isn't matches none."""
    return deliveries.filter(status=status) if status else deliveries


def _is_sending(webhook: Webhook, deliveries: DeliveryQuerySet) -> bool:
    soon = timezone.now() + SOON
    if not webhook.is_active or (webhook.paused_until is not None and webhook.paused_until > soon):
        return False
    return deliveries.filter(status=WebhookDelivery.Status.PENDING, available_at__lte=soon).exists()


def _printed(payload: Any) -> str:
    """Return a payload as people read JSON; "" for one that has been erased."""
    return "" if payload is None else json.dumps(payload, indent=2, ensure_ascii=False)
