"""What calls may say about webhooks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from memories.models import Webhook
from memories.models.webhook import EventType


class EventTypesField(serializers.ListField):
    """A list of event types, each once."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(child=serializers.CharField(), allow_empty=False, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the types, or name those that there are."""
        names = list(dict.fromkeys(super().to_internal_value(data)))
        if unknown := [name for name in names if name not in EventType.values]:
            raise serializers.ValidationError(
                f"There is no event type {', '.join(map(repr, unknown))}. Allowed: {', '.join(EventType.values)}."
            )
        return names


class WebhookSerializer(serializers.Serializer[Any]):
    """A webhook to be set up."""

    name = serializers.CharField(max_length=Webhook._meta.get_field("name").max_length)
    url = serializers.CharField(max_length=Webhook._meta.get_field("url").max_length)
    event_types = EventTypesField()


class ChangeSerializer(serializers.Serializer[Any]):
    """What to change of a webhook: any of these."""

    name = serializers.CharField(max_length=Webhook._meta.get_field("name").max_length, required=False)
    url = serializers.CharField(max_length=Webhook._meta.get_field("url").max_length, required=False)
    event_types = EventTypesField(required=False)
    is_active = serializers.BooleanField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require something to change."""
        if not attrs:
            raise serializers.ValidationError(f"There is nothing to change: give {', '.join(self.fields)} or several.")
        return attrs
