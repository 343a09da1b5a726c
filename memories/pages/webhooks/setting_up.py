"""The list of webhooks, a new one, and changes to one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.middleware import PageRequest
from accounts.pages.projects import may_write, writers_only
from memories.models import Webhook
from memories.pages.webhooks.forms import WebhookForm
from memories.pages.webhooks.scope import in_reach, webhook_in_reach
from memories.services.changes import Actor
from memories.services.webhooks import setup
from memories.services.webhooks.setup import WebhookRefused

LIST = "webhooks/list.html"


@require_safe
def webhook_list(request: PageRequest) -> HttpResponse:
    """Show the project's webhooks, and a form for a new one to those who may make one."""
    form = WebhookForm() if may_write(request) else None
    return render(request, LIST, {"webhooks": in_reach(request), "form": form})


@require_POST
@never_cache
@writers_only
def webhook_create(request: PageRequest) -> HttpResponse:
    """Set a webhook up and show its secret: now, in this answer, and never again."""
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            webhook = setup.create_webhook(
                project=request.project, actor=Actor.of(request.principal), **form.cleaned_data
            )
            return _secret(request, webhook, webhook.secret)
        except WebhookRefused as error:
            form.refuse(error)
    return render(request, LIST, {"webhooks": in_reach(request), "form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def webhook_edit(request: PageRequest, webhook_id: UUID) -> HttpResponse:
    """Show the form, or change the webhook."""
    webhook = webhook_in_reach(request, webhook_id)
    if request.method != "POST":
        return render(request, "webhooks/edit.html", {"webhook": webhook, "form": WebhookForm.of(webhook)})
    form = WebhookForm(request.POST)
    if form.is_valid():
        try:
            setup.change_webhook(webhook=webhook, changes=form.cleaned_data, actor=Actor.of(request.principal))
            messages.success(request, _("The webhook is changed."))
            return redirect("webhook_detail", webhook_id=webhook.pk)
        except WebhookRefused as error:
            form.refuse(error)
    return render(request, "webhooks/edit.html", {"webhook": webhook, "form": form}, status=422)


@require_POST
@never_cache
@writers_only
@sensitive_variables("secret")
def webhook_rotate(request: PageRequest, webhook_id: UUID) -> HttpResponse:
    """Give the webhook a new secret and show it this once."""
    webhook = webhook_in_reach(request, webhook_id)
    secret = setup.rotate_secret(webhook=webhook, actor=Actor.of(request.principal))
    return _secret(request, webhook, secret, rotated=True)


@sensitive_variables("secret")
def _secret(request: PageRequest, webhook: Webhook, secret: str, *, rotated: bool = False) -> HttpResponse:
    return render(request, "webhooks/secret.html", {"webhook": webhook, "secret": secret, "rotated": rotated})
