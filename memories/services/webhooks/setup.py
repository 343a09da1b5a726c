"""Setting webhooks up, changing them, and turning them off and on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, Project
from memories.dispatch import ring_for_webhooks
from memories.models import Webhook
from memories.services.changes import Actor
from memories.services.webhooks.signing import new_secret
from providers.guarded_http import ForbiddenAddress
from providers.outbound_urls import check_url

MOST_PER_PROJECT = 20
# How long a replaced secret keeps signing beside the new one.
OVERLAP = timedelta(days=1)


class WebhookRefused(Exception):
    """The webhook can't be like this; the message says why, `field` which part of it is meant, "" for none."""

    def __init__(self, message: str, *, field: str = "") -> None:
        self.field = field
        super().__init__(message)


def create_webhook(*, project: Project, name: str, url: str, event_types: list[str], actor: Actor) -> Webhook:
    """Set a webhook up; its `secret` is for its owner to see now.

    Raises WebhookRefused when the address may not be asked, or the project has its fill of webhooks.
    """
    _check_address(url)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        if Webhook.objects.in_project(project).count() >= MOST_PER_PROJECT:
            raise WebhookRefused(f"A project has at most {MOST_PER_PROJECT} webhooks. Delete one first.")
        webhook = Webhook.objects.create(
            project=project,
            name=name,
            url=url,
            event_types=event_types,
            secret=new_secret(),
            created_by=actor.user or (actor.api_key.created_by if actor.api_key else None),
        )
        _audit(webhook, "webhook.create", actor)
    return webhook


def change_webhook(*, webhook: Webhook, changes: Mapping[str, Any], actor: Actor) -> None:
    """Give the webhook another `name`, `url` or `event_types`. Raises WebhookRefused as create_webhook does."""
    if "url" in changes:
        _check_address(changes["url"])
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(**changes, updated_at=timezone.now())
        _audit(webhook, "webhook.change", actor)


def enable_webhook(*, webhook: Webhook, actor: Actor) -> None:
    """Have the webhook told again, beginning with what waits for it, as if it had never failed."""
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk).update(
            disabled_because="", failures=0, failing_since=None, paused_until=None, updated_at=timezone.now()
        )
        _audit(webhook, "webhook.enable", actor)
        ring_for_webhooks()


def disable_webhook(*, webhook: Webhook, actor: Actor) -> None:
    """Stop telling the webhook. What waits for it stays; what happens from now on is not noted for it."""
    with transaction.atomic():
        Webhook.objects.filter(pk=webhook.pk, disabled_because="").update(
            disabled_because=Webhook.DisabledBecause.PERSON, updated_at=timezone.now()
        )
        _audit(webhook, "webhook.disable", actor)


def rotate_secret(*, webhook: Webhook, actor: Actor) -> str:
    """Return a new secret for the webhook; the old one signs beside it for a day more."""
    secret, now = new_secret(), timezone.now()
    with transaction.atomic():
        current = Webhook.objects.select_for_update(no_key=True).get(pk=webhook.pk)
        Webhook.objects.filter(pk=webhook.pk).update(
            secret=secret, previous_secret=current.secret, previous_secret_until=now + OVERLAP, updated_at=now
        )
        _audit(webhook, "webhook.rotate", actor)
    return secret


def delete_webhook(*, webhook: Webhook, actor: Actor) -> None:
    """Remove the webhook with its log and what waits for it."""
    with transaction.atomic():
        # Whoever is just writing a delivery for it finishes first.
        Webhook.objects.select_for_update().get(pk=webhook.pk)
        _audit(webhook, "webhook.delete", actor)
        webhook.delete()


def _check_address(url: str) -> None:
    try:
        check_url(url, allowed=settings.OUTBOUND_ALLOWED_NETWORKS)
    except ForbiddenAddress as error:
        raise WebhookRefused(str(error), field="url") from error


def _audit(webhook: Webhook, action: str, actor: Actor) -> None:
    AuditEntry.objects.create(
        project_id=webhook.project_id,
        action=action,
        object_type="webhook",
        object_id=str(webhook.pk),
        actor=actor.label,
    )
