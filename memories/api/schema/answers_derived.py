"""What calls answer that make something of memories: memories/api/derived_shapes.py writes it."""

from __future__ import annotations

from rest_framework import serializers

from memories.api.schema.answers import Answer, MemoryAnswer, MessageAnswer
from memories.models import Feedback, MemoryExport, ProfileRequest


def counts(help_text: str) -> serializers.DictField:
    """Return numbers by name."""
    return serializers.DictField(child=serializers.IntegerField(), help_text=help_text)


def texts(help_text: str = "") -> serializers.ListField:
    """Return a list of texts."""
    return serializers.ListField(child=serializers.CharField(), help_text=help_text)


class ExportAsked(MessageAnswer):
    """An export that a worker makes."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=MemoryExport.Status.choices)


class FeedbackAnswer(Answer):
    """The feedback as it is kept; nulls if it was taken back."""

    id = serializers.UUIDField(allow_null=True)
    feedback = serializers.ChoiceField(choices=Feedback.Value.choices, allow_null=True)
    feedback_reason = serializers.CharField(allow_null=True)


class InstructionsAnswer(Answer):
    """Instructions for extraction, to be tried and changed."""

    custom_instructions = serializers.CharField()
    test_message = serializers.CharField(help_text="A message to try them with.")
    generated_by = serializers.CharField()
    note = serializers.CharField(required=False)


class SummaryAnswer(Answer):
    """What the memories say, in short, with what anybody can check."""

    summary = serializers.CharField()
    generated_by = serializers.CharField()
    note = serializers.CharField(allow_null=True)
    total_memories = serializers.IntegerField()
    categories = counts("Memories by category.")
    recent = MemoryAnswer(many=True)
    most_supported = MemoryAnswer(many=True, help_text="Those that rest on most messages.")


class EntityCounts(Answer):
    """How many there are of each type."""

    user = serializers.IntegerField()
    agent = serializers.IntegerField()
    app = serializers.IntegerField()
    run = serializers.IntegerField()


class Day(Answer):
    """What happened on one day, of UTC."""

    date = serializers.DateField()
    adds = serializers.IntegerField()
    searches = serializers.IntegerField(allow_null=True)


class StatsAnswer(Answer):
    """Counts. Those of searches are null for a key that is limited to one end user."""

    total_memories = serializers.IntegerField()
    memories_by_state = counts("Also of those in the trash.")
    memories_by_category = counts("Memories by category.")
    entities = EntityCounts()
    total_events = serializers.IntegerField()
    events_by_status = counts("Events by status.")
    total_searches = serializers.IntegerField(allow_null=True)
    feedback = counts("Feedback by value.")
    over_time = Day(many=True, help_text="The last thirty days, oldest first.")


class FilterValuesAnswer(Answer):
    """What occurs, by the names that filters have for it; the first thousand of each."""

    user_id = texts()
    agent_id = texts()
    app_id = texts()
    run_id = texts()
    categories = texts()
    metadata_keys = texts()


class ProfileAnswer(Answer):
    """What is known of an end user."""

    profile = serializers.DictField()
    status = serializers.ChoiceField(choices=["succeeded", "pending", "failed", "insufficient_data", "not_enabled"])
    entity_type = serializers.CharField()
    entity_id = serializers.CharField()
    updated_at = serializers.DateTimeField(allow_null=True)
    generation_count = serializers.IntegerField(help_text="How often it was made.")
    citations = serializers.DictField(help_text="The ids of the memories behind each value.")
    generated_by = serializers.CharField(allow_null=True)
    notes = texts()
    error = serializers.CharField(required=False)


class Sampled(Answer):
    """An end user whose profile is made."""

    entity_id = serializers.CharField()


class JobAsked(Answer):
    """A job that was accepted; the last three are there if end users were drawn."""

    job_id = serializers.UUIDField()
    status = serializers.CharField()
    status_url = serializers.CharField()
    operation = serializers.ChoiceField(choices=ProfileRequest.Operation.choices)
    entity_type = serializers.CharField()
    entity_count_reserved = serializers.IntegerField()
    event_id = serializers.UUIDField(allow_null=True)
    replayed = serializers.BooleanField()
    sampled = serializers.IntegerField(required=False)
    entity_ids = serializers.ListField(child=serializers.CharField(), required=False)
    results = Sampled(many=True, required=False)


class Job(Answer):
    """How far it has come."""

    id = serializers.UUIDField()
    operation = serializers.ChoiceField(choices=ProfileRequest.Operation.choices)
    entity_type = serializers.CharField()
    status = serializers.CharField()
    total = serializers.IntegerField()
    enumeration_complete = serializers.BooleanField()
    completed = serializers.IntegerField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    skipped = serializers.IntegerField()


class JobAnswer(Answer):
    """A job of profiles."""

    job = Job()


class Capabilities(Answer):
    """What this server can do."""

    full_rebuild = serializers.BooleanField()
    entity_types = texts()
    language_model = serializers.BooleanField()


class UserSettingsAnswer(Answer):
    """What users' profiles look like."""

    schema = serializers.DictField(allow_null=True)
    custom_instructions = serializers.CharField(allow_null=True)


class EntitySettingsAnswer(Answer):
    """Settings by type of entity."""

    user = UserSettingsAnswer()


class ProfileSettingsAnswer(Answer):
    """Whether, and in what shape, the project makes profiles."""

    enabled = serializers.BooleanField()
    capabilities = Capabilities()
    entities = EntitySettingsAnswer()
