"""Setting webhooks up, and looking after them; for keys that may administer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Project
from memories.api.base import View, parse_id
from memories.api.exceptions import Conflict
from memories.api.paging import paged
from memories.api.reading import PageSerializer
from memories.api.webhooks.serializers import ChangeSerializer, WebhookSerializer
from memories.api.webhooks.shapes import delivery_shape, webhook_shape
from memories.models import Webhook
from memories.services.webhooks import log, setup, telling
from memories.services.webhooks.setup import WebhookRefused


class AdminView(View):
    """A view for keys of scope admin, also for looking: webhooks tell of everybody in the project."""

    scopes = dict.fromkeys(("GET", "POST", "PUT", "DELETE"), "admin")

    def webhook(self, webhook_id: str) -> Webhook:
        """Return one of the caller's webhooks; 400 for what isn't an id, 404 for an id that isn't theirs."""
        mine = Webhook.objects.for_principal(self.principal).in_project(self.project).select_related("created_by")
        webhook = mine.filter(pk=parse_id(webhook_id)).first()
        if webhook is None:
            raise Http404(f"There is no webhook {webhook_id}.")
        return webhook


class WebhooksView(AdminView):
    """`/api/v1/webhooks/projects/{project_id}/`."""

    def get(self, request: Request, project_id: str) -> Response:
        """Return the project's webhooks, newest first."""
        project = self.named_project(project_id)
        webhooks = Webhook.objects.for_principal(self.principal).in_project(project).select_related("created_by")
        return Response([webhook_shape(webhook) for webhook in webhooks])

    def post(self, request: Request, project_id: str) -> Response:
        """Set a webhook up, and return it with its secret: now, in this answer, and never again."""
        project = self.named_project(project_id)
        given = self.read(WebhookSerializer)
        with _explained():
            webhook = setup.create_webhook(project=project, actor=self.actor, **given)
        return Response({**webhook_shape(webhook), "secret": webhook.secret}, status=status.HTTP_201_CREATED)

    def named_project(self, project_id: str) -> Project:
        """Return the project; for a key that is limited to one end user, no project has webhooks."""
        project = Project.objects.for_principal(self.principal).filter(pk=parse_id(project_id)).first()
        if project is None:
            raise Http404(f"There is no project {project_id}.")
        if self.principal.end_user_name:
            raise Http404("This API key is limited to one end user, and webhooks tell of everybody in the project.")
        return project


class WebhookView(AdminView):
    """`/api/v1/webhooks/{webhook_id}/`."""

    def get(self, request: Request, webhook_id: str) -> Response:
        """Return the webhook."""
        return Response(webhook_shape(self.webhook(webhook_id)))

    def put(self, request: Request, webhook_id: str) -> Response:
        """Change what is given of it; `is_active` disables it, or enables it again."""
        webhook = self.webhook(webhook_id)
        given = self.read(ChangeSerializer)
        active = given.pop("is_active", webhook.is_active)
        with _explained():
            if given:
                setup.change_webhook(webhook=webhook, changes=given, actor=self.actor)
        if active != webhook.is_active:
            switch = setup.enable_webhook if active else setup.disable_webhook
            switch(webhook=webhook, actor=self.actor)
        return Response({"message": "Webhook updated successfully"})

    def delete(self, request: Request, webhook_id: str) -> Response:
        """Remove the webhook with its log."""
        setup.delete_webhook(webhook=self.webhook(webhook_id), actor=self.actor)
        return Response({"message": "Webhook deleted successfully"})


class RotateView(AdminView):
    """`POST /api/v1/webhooks/{webhook_id}/rotate/`."""

    def post(self, request: Request, webhook_id: str) -> Response:
        """Return a new secret; the old one signs beside it for a day more."""
        secret = setup.rotate_secret(webhook=self.webhook(webhook_id), actor=self.actor)
        return Response({"message": "The old secret signs beside the new one for a day more.", "secret": secret})


class TestView(AdminView):
    """`POST /api/v1/webhooks/{webhook_id}/test/`."""

    def post(self, request: Request, webhook_id: str) -> Response:
        """Have a test sent, and return its entry in the log."""
        webhook = self.webhook(webhook_id)
        if not webhook.is_active:
            raise Conflict("The webhook is disabled. Enable it first.", code="disabled")
        return Response(delivery_shape(telling.send_test(webhook)))


class DeliveriesView(AdminView):
    """`GET /api/v1/webhooks/{webhook_id}/deliveries/`."""

    def get(self, request: Request, webhook_id: str) -> Response:
        """Return a page of the log, newest first."""
        page = self.read(PageSerializer, request.query_params.dict())
        deliveries = self.webhook(webhook_id).deliveries.all()
        return Response(paged(request, deliveries, delivery_shape, **page))


class ReplayView(AdminView):
    """`POST /api/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay/`."""

    def post(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Send a delivery again, and return its entry in the log."""
        delivery = self.webhook(webhook_id).deliveries.filter(pk=parse_id(delivery_id)).first()
        if delivery is None:
            raise Http404(f"There is no delivery {delivery_id}.")
        try:
            log.replay(delivery)
        except log.NothingToReplay as error:
            raise Conflict(str(error), code="nothing_to_replay") from error
        delivery.refresh_from_db()
        return Response(delivery_shape(delivery))


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except WebhookRefused as error:
        raise exceptions.ValidationError({error.field or "non_field_errors": [str(error)]}) from error
