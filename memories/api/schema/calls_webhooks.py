"""The calls about webhooks. They all take a key that may administer."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from memories.api.schema import answers, answers_webhooks
from memories.api.schema.told import PAGE, example
from memories.api.webhooks import serializers as taken
from memories.api.webhooks import views

extend_schema_view(
    get=extend_schema(
        operation_id="webhooks_list",
        summary="List webhooks",
        description="Returns the project's, newest first.",
        responses=answers_webhooks.WebhookAnswer(many=True),
    ),
    post=extend_schema(
        summary="Set up a webhook",
        description="Returns it with the secret that it signs with: now, and never again.",
        request=taken.WebhookSerializer,
        responses={201: answers_webhooks.WebhookCreated},
        examples=example({"name": "Kitchen", "url": "https://example.com/hook", "event_types": ["memory_add"]}),
    ),
)(views.WebhooksView)

extend_schema_view(
    get=extend_schema(
        operation_id="webhooks_retrieve",
        summary="Read a webhook",
        responses=answers_webhooks.WebhookAnswer,
    ),
    put=extend_schema(
        summary="Change a webhook",
        description="What is left out stays. `is_active` disables it, or enables it again.",
        request=taken.ChangeSerializer,
        responses={200: answers.MessageAnswer},
        examples=example({"event_types": ["memory_add", "memory_delete"]}),
    ),
    delete=extend_schema(
        summary="Delete a webhook",
        description="Deletes it with its log.",
        request=None,
        responses={200: answers.MessageAnswer},
    ),
)(views.WebhookView)

extend_schema_view(
    post=extend_schema(
        summary="Renew the secret",
        description="The old one signs beside the new one for a day more.",
        request=None,
        responses={200: answers_webhooks.SecretAnswer},
    )
)(views.RotateView)

extend_schema_view(
    post=extend_schema(
        summary="Send a test",
        description="Returns its entry in the log; 409 if the webhook is disabled.",
        request=None,
        responses={200: answers_webhooks.DeliveryAnswer},
    )
)(views.TestView)

extend_schema_view(
    get=extend_schema(
        summary="Read the log",
        description="Returns a page of what was sent, newest first.",
        parameters=PAGE,
        responses=answers_webhooks.DeliveryPage,
    )
)(views.DeliveriesView)

extend_schema_view(
    post=extend_schema(
        summary="Send again",
        description="Sends a delivery of the log again, and returns its entry.",
        request=None,
        responses={200: answers_webhooks.DeliveryAnswer},
    )
)(views.ReplayView)
