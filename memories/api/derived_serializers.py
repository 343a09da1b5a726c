"""What calls may say that ask for something made of memories."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from memories.api.naming import ENTITY_KEYS, NAME_LENGTH, NameField
from memories.derivation.profiles import profile_schema
from memories.derivation.schema import InvalidSchema, Schema
from memories.models import Feedback, ProfileRequest
from memories.services.profile_requests import MOST_SAMPLED

LONGEST_TEXT = 10_000


class ScopeSerializer(serializers.Serializer[Any]):
    """Filters; ids beside them, as earlier clients write them, join in."""

    filters = serializers.DictField(required=False, allow_null=True)
    user_id = NameField()
    agent_id = NameField()
    app_id = NameField()
    run_id = NameField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Return one filter of both."""
        beside = {key: attrs[key] for key in ENTITY_KEYS if attrs.get(key)}
        given = attrs.get("filters") or {}
        attrs["filters"] = {"AND": [given, beside]} if given and beside else given or beside
        return attrs


class ExportSerializer(ScopeSerializer):
    """`POST /v1/exports/`."""

    schema = serializers.JSONField()
    export_instructions = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TEXT
    )

    def validate_schema(self, value: Any) -> Schema:
        """Read the schema, which may be JSON in a string."""
        try:
            return Schema(value)
        except InvalidSchema as error:
            raise serializers.ValidationError(str(error)) from error


class FindExportSerializer(ScopeSerializer):
    """`POST /v1/exports/get/`."""

    memory_export_id = serializers.CharField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require one way to find the export."""
        attrs = super().validate(attrs)
        if not attrs.get("memory_export_id") and not attrs["filters"]:
            raise serializers.ValidationError("Give memory_export_id, or the filters that the export was made with.")
        return attrs


class FeedbackSerializer(serializers.Serializer[Any]):
    """`POST /v1/feedback/`; null takes the feedback back."""

    memory_id = serializers.CharField()
    feedback = serializers.CharField(default=None, allow_null=True)
    feedback_reason = serializers.CharField(required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TEXT)

    def validate_feedback(self, value: str | None) -> str | None:
        """Return one of the values, in whatever case it was written."""
        if value is not None and value.upper() not in Feedback.Value.values:
            allowed = ", ".join(Feedback.Value.values)
            raise serializers.ValidationError(f"{value!r} is not one of {allowed}, or null to take it back.")
        return value and value.upper()


class ProfileJobSerializer(serializers.Serializer[Any]):
    """`POST /v2/profiles/jobs/`."""

    operation = serializers.ChoiceField(
        choices=[ProfileRequest.Operation.TRIGGER.value, ProfileRequest.Operation.SAMPLE.value]
    )
    entity_type = serializers.ChoiceField(choices=["user"], default="user")
    entity_id = serializers.CharField(required=False, allow_null=True, max_length=NAME_LENGTH)
    limit = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=MOST_SAMPLED)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require a name for one profile."""
        if attrs["operation"] == ProfileRequest.Operation.TRIGGER and not attrs.get("entity_id"):
            raise serializers.ValidationError({"entity_id": "Say whose profile: give the user's id."})
        return attrs


class UserSettingsSerializer(serializers.Serializer[Any]):
    """The settings of users' profiles; null clears."""

    schema = serializers.JSONField(required=False, allow_null=True)
    custom_instructions = serializers.CharField(
        required=False, allow_null=True, allow_blank=True, max_length=LONGEST_TEXT
    )

    def validate_schema(self, value: Any) -> dict[str, Any] | None:
        """Read the schema, of which every property needs a description."""
        try:
            return None if value is None else profile_schema(value).root
        except InvalidSchema as error:
            raise serializers.ValidationError(str(error)) from error


class EntitySettingsSerializer(serializers.Serializer[Any]):
    """Settings by kind of entity."""

    user = UserSettingsSerializer(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse settings of kinds that have no profiles."""
        if isinstance(data, dict) and (unknown := sorted(data.keys() - {"user"})):
            complaint = f"Only users have profiles here, not {', '.join(unknown)}."
            raise serializers.ValidationError({"non_field_errors": [complaint]})
        return dict(super().to_internal_value(data))


class ProfileSettingsSerializer(serializers.Serializer[Any]):
    """`POST /v2/profiles/settings/`: what is not given stays as it is."""

    enabled = serializers.BooleanField(required=False)
    entities = EntitySettingsSerializer(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse settings in the wrong place: to ignore them would look like success."""
        if isinstance(data, dict) and (misplaced := sorted({"schema", "custom_instructions"} & data.keys())):
            complaint = f"Unsupported settings: {', '.join(misplaced)}. Put them under entities.user."
            raise serializers.ValidationError({"non_field_errors": [complaint]})
        return dict(super().to_internal_value(data))


class InstructionsSerializer(serializers.Serializer[Any]):
    """`POST /v1/generate-instructions/`."""

    use_case = serializers.CharField(max_length=2000)
