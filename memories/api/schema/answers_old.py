"""What calls of v1 and v2 answer where it differs from v3."""

from __future__ import annotations

from rest_framework import serializers

from memories.api.schema import answers, answers_search
from memories.models import Event, MemoryVersion


class OldAdded(answers.Answer):
    """What a conversation did to a memory; or, while it is being read, its event."""

    id = serializers.UUIDField(required=False)
    data = answers.Text(required=False)  # type: ignore[assignment]
    memory = serializers.CharField(required=False)
    event = serializers.ChoiceField(choices=MemoryVersion.Change.choices, required=False)
    user_id = serializers.CharField(required=False, allow_null=True)
    structured_attributes = answers.StructuredAttributes(required=False)
    message = serializers.CharField(required=False)
    status = serializers.ChoiceField(choices=Event.Status.choices, required=False)
    event_id = serializers.UUIDField(required=False)


class OldAddObject(answers.Warned):
    """The receipt of a conversation."""

    results = OldAdded(many=True)
    event_id = serializers.UUIDField()


class OldSearchObject(answers_search.SearchAnswer):
    """What was found, best first."""

    relations = serializers.ListField(child=serializers.DictField(), help_text="Always empty: there is no graph.")


class OldListObject(answers.Answer):
    """All memories that match, newest first."""

    results = answers.PartMemory(many=True)
    relations = serializers.ListField(child=serializers.DictField(), help_text="Always empty: there is no graph.")
