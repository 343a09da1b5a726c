"""What calls about versions and rollbacks answer: memories/api/rollbacks.py writes it."""

from __future__ import annotations

from rest_framework import serializers

from memories.api.schema.answers import Answer, Page, name
from memories.models import Memory, MemoryVersion, Rollback


class OutlookAnswer(Answer):
    """What a rollback means for one memory."""

    memory_id = serializers.UUIDField()
    memory = serializers.CharField(help_text="What it says.")
    user_id = name("Whom it is about.")
    agent_id = name("The assistant it was told to.")
    app_id = name("The app it was told in.")
    run_id = name("The session it was told in.")
    becomes = name("What it will say; null if it goes to the trash.")
    lifecycle_state = serializers.ChoiceField(choices=Memory.State.choices, help_text="The state it will have.")
    version = serializers.IntegerField()
    conflict = serializers.BooleanField(
        help_text="Somebody other than the source has changed it since, or said it, too."
    )
    last_change = serializers.ChoiceField(choices=MemoryVersion.Change.choices)
    last_actor = serializers.CharField()


class RollbackPreviewAnswer(Page):
    """What a rollback would do: numbers, and a page of the memories."""

    trashed = serializers.IntegerField(help_text="How many go to the trash.")
    put_back = serializers.IntegerField(help_text="How many say again what they said before.")
    conflicts = serializers.IntegerField(help_text="How many are left alone unless `include_conflicts`.")
    results = OutlookAnswer(many=True)


class SourceAnswer(Answer):
    """Whose writing was taken back."""

    type = serializers.ChoiceField(choices=["event", "run", "app", "api_key"])
    id = serializers.UUIDField()
    name = serializers.CharField()


class RollbackAnswer(Answer):
    """A rollback, and how far it is."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Rollback.Status.choices)
    source = SourceAnswer()  # type: ignore[assignment]
    since = serializers.DateTimeField(allow_null=True)
    include_conflicts = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    changed = serializers.IntegerField(help_text="How many memories were taken back so far.")
    conflicts = serializers.IntegerField(help_text="How many were left alone so far.")
    error = name("Why it failed.")
    created_at = serializers.DateTimeField()
    completed_at = serializers.DateTimeField(allow_null=True)
