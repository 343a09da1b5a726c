"""What can be done to a webhook with one press of a button."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import PageRequest
from accounts.pages.projects import writers_only
from memories.pages.webhooks.scope import webhook_in_reach
from memories.services.changes import Actor
from memories.services.webhooks import log, setup, telling


@require_POST
@writers_only
def webhook_test(request: PageRequest, webhook_id: UUID) -> HttpResponse:
    """Have a test sent."""
    webhook = webhook_in_reach(request, webhook_id)
    if webhook.is_active:
        telling.send_test(webhook)
        messages.success(request, _("A test is on its way. The log shows what comes of it."))
    else:
        messages.warning(request, _("The webhook is disabled. Enable it first."))
    return redirect("webhook_detail", webhook_id=webhook.pk)


@require_POST
@writers_only
def webhook_enable(request: PageRequest, webhook_id: UUID) -> HttpResponse:
    """Have the webhook told again."""
    webhook = webhook_in_reach(request, webhook_id)
    setup.enable_webhook(webhook=webhook, actor=Actor.of(request.principal))
    messages.success(request, _("The webhook is enabled. What waited for it is being sent."))
    return redirect("webhook_detail", webhook_id=webhook.pk)


@require_POST
@writers_only
def webhook_disable(request: PageRequest, webhook_id: UUID) -> HttpResponse:
    """Stop telling the webhook."""
    webhook = webhook_in_reach(request, webhook_id)
    setup.disable_webhook(webhook=webhook, actor=Actor.of(request.principal))
    messages.success(request, _("The webhook is disabled. What happens from now on is not noted for it."))
    return redirect("webhook_detail", webhook_id=webhook.pk)


@require_POST
@writers_only
def webhook_delete(request: PageRequest, webhook_id: UUID) -> HttpResponse:
    """Remove the webhook with its log."""
    webhook = webhook_in_reach(request, webhook_id)
    setup.delete_webhook(webhook=webhook, actor=Actor.of(request.principal))
    messages.success(request, _("The webhook “%(name)s” is deleted.") % {"name": webhook.name})
    return redirect("webhook_list")


@require_POST
@writers_only
def webhook_replay(request: PageRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Send a delivery again."""
    webhook = webhook_in_reach(request, webhook_id)
    delivery = get_object_or_404(webhook.deliveries.all(), pk=delivery_id)
    try:
        log.replay(delivery)
    except log.NothingToReplay:
        messages.warning(
            request, _("This can’t be sent again: it is about to be sent already, or what it told has been erased.")
        )
    else:
        messages.success(request, _("The delivery is being sent again."))
    return redirect("webhook_detail", webhook_id=webhook.pk)
