"""What calls about webhooks answer: memories/api/webhooks/shapes.py writes it."""

from __future__ import annotations

from rest_framework import serializers

from memories.api.schema.answers import Answer, MessageAnswer, Page
from memories.models import WebhookDelivery


class WebhookAnswer(Answer):
    """An address that is told what happens."""

    webhook_id = serializers.UUIDField()
    name = serializers.CharField()
    url = serializers.CharField()
    event_types = serializers.ListField(child=serializers.CharField())
    owner = serializers.CharField(allow_null=True, help_text="The address of whose key set it up.")
    project = serializers.UUIDField()
    is_active = serializers.BooleanField()
    disabled_because = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class WebhookCreated(WebhookAnswer):
    """The new webhook with its secret, which is never told again."""

    secret = serializers.CharField()


class SecretAnswer(MessageAnswer):
    """The new secret, which is never told again."""

    secret = serializers.CharField()


class DeliveryAnswer(Answer):
    """An entry of the log: what was sent, and what came back."""

    id = serializers.UUIDField()
    webhook_id = serializers.UUIDField()
    event_type = serializers.CharField()
    object_id = serializers.UUIDField(allow_null=True)
    payload = serializers.DictField()
    status = serializers.ChoiceField(choices=WebhookDelivery.Status.choices)
    attempts = serializers.IntegerField()
    answer_status = serializers.IntegerField(allow_null=True)
    answer = serializers.CharField(allow_null=True, allow_blank=True)
    error = serializers.CharField(allow_null=True)
    duration = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
    attempted_at = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)


class DeliveryPage(Page):
    """A page of the log."""

    results = DeliveryAnswer(many=True)
