"""What calls may say. Serializers validate; services act. Unknown fields are tolerated."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from rest_framework import serializers

from memories.api.formats import BARE, WRAPPED, FormatField
from memories.api.naming import NAME_LENGTH, NewNameField, named
from memories.api.sparse import SparseSerializer
from memories.attachments.parts import Content, parse_content
from memories.ingestion.options import NEEDS_A_READER, NEEDS_OBEDIENCE
from memories.models.stated import Layer
from memories.providers import has_llm
from memories.services.record import Conversation, Said
from memories.services.revise import Revision

MAX_TOP_K = 1000
MAX_BATCH = 1000
UNSUPPORTED = {
    "structured_data_schema": "Memories are not shaped by a schema here. Put fields of your own into metadata, or "
    "export memories by a schema.",
    "prompt_profile_id": "There are no prompt profiles here. Send custom_instructions.",
}
MAX_ATTACHMENTS = 20
MAX_PAGE = 10**9  # past it, the number of rows to skip is more than Postgres counts


class MessageSerializer(SparseSerializer):
    """One turn: `{role, content, name?}`; content is a string, a part or a list of parts: text, image, document."""

    role = serializers.ChoiceField(choices=["user", "assistant", "system"], default="user")
    content = serializers.JSONField()
    name = serializers.CharField(required=False, allow_blank=True, max_length=NAME_LENGTH)
    timestamp = serializers.IntegerField(required=False)

    def validate_content(self, value: Any) -> Content:
        """Return the words and the attachments, or say why a part can't be read."""
        try:
            return parse_content(value, max_bytes=settings.ATTACHMENT_MAX_BYTES)
        except ValueError as error:
            raise serializers.ValidationError(str(error)) from error

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Put the words under `content` and the rest under `attachments`."""
        content: Content = attrs["content"]
        return {**attrs, "content": content.text, "attachments": content.attachments}


class AddSerializer(SparseSerializer):
    """`POST /v3/memories/add/`."""

    messages = serializers.JSONField()
    user_id = NewNameField()
    agent_id = NewNameField()
    app_id = NewNameField()
    run_id = NewNameField()
    filters = serializers.DictField(required=False)
    metadata = serializers.DictField(required=False, allow_null=True)
    infer = serializers.BooleanField(default=True)
    expiration_date = serializers.DateField(required=False, allow_null=True)
    timestamp = serializers.FloatField(required=False, allow_null=True)
    immutable = serializers.BooleanField(default=False)
    async_mode = serializers.BooleanField(default=True)
    incognito = serializers.BooleanField(
        default=False, help_text="Keep nothing: no turn and no memory, only that there was a conversation."
    )
    output_format = FormatField()
    timezone = serializers.CharField(required=False, allow_null=True)
    observation_datetime = serializers.DateTimeField(required=False, allow_null=True)
    observation_date = serializers.DateField(required=False, allow_null=True)
    custom_instructions = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    agent_custom_instructions = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    includes = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    excludes = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    custom_categories = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()), required=False, allow_null=True
    )
    layer = serializers.ChoiceField(
        choices=Layer.choices,
        required=False,
        allow_null=True,
        help_text="Of which layer what is remembered is; without it, the language model judges, else it is `user`.",
    )
    structured_data_schema = serializers.JSONField(required=False, allow_null=True)
    prompt_profile_id = serializers.JSONField(required=False, allow_null=True)

    def validate_messages(self, value: Any) -> list[dict[str, Any]]:
        """Return the turns; a string is one turn of the user."""
        if isinstance(value, str):
            value = [{"role": "user", "content": value}]
        if isinstance(value, dict):
            value = [value]
        if not isinstance(value, list) or not value:
            raise serializers.ValidationError("Send at least one message: [{role, content}].")
        turns = self._turns.run_validation(value)
        attached = sum(len(turn["attachments"]) for turn in turns)
        if attached > MAX_ATTACHMENTS:
            raise serializers.ValidationError(f"Send at most {MAX_ATTACHMENTS} images and documents at a time.")
        if not attached and not any(turn["content"].strip() for turn in turns):
            raise serializers.ValidationError("Every message is empty; there is nothing to remember.")
        return list(turns)

    @cached_property
    def _turns(self) -> Any:
        return MessageSerializer(many=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require a scope: typed Python clients put the ids under `filters`, the others beside it."""
        attrs["entities"] = named(attrs)
        if not attrs["entities"]:
            raise serializers.ValidationError(
                "Say whose memory this is: give at least one of user_id, agent_id, app_id, run_id."
            )
        self._refuse_what_nobody_would_do(attrs)
        return attrs

    def _refuse_what_nobody_would_do(self, attrs: dict[str, Any]) -> None:
        asked = [name for name in NEEDS_OBEDIENCE if attrs.get(name)]
        if asked and not (attrs["infer"] and has_llm()):
            reason = "no language model is configured" if attrs["infer"] else "infer is false"
            raise serializers.ValidationError(
                dict.fromkeys(asked, f"Only a language model can follow this, and {reason}. Nothing was stored.")
            )
        for name, advice in UNSUPPORTED.items():
            if attrs.get(name):
                raise serializers.ValidationError({name: advice})

    def validate_timezone(self, value: str | None) -> str | None:
        """Take a name of the IANA time zone database."""
        if value and value not in available_timezones():
            raise serializers.ValidationError("Name a time zone such as Asia/Tokyo.")
        return value

    def validate_timestamp(self, value: float | None) -> datetime | None:
        """Read Unix seconds."""
        return _moment(value)


class OldAddSerializer(AddSerializer):
    """`POST /v1/memories/`, which knows one format more."""

    output_format = FormatField(choices=(BARE, WRAPPED))


def warnings_of(given: Mapping[str, Any]) -> list[str]:
    """Say what of the call will have no effect."""
    asked = [name for name in NEEDS_A_READER if given.get(name)]
    if not asked:
        return []
    if given["infer"] and has_llm():
        idle = given.get("agent_custom_instructions") and "agent_id" not in given["entities"]
        return ["agent_custom_instructions: they are for agents, and no agent_id is given."] if idle else []
    reason = "no language model is configured" if given["infer"] else "infer is false"
    return [f"{' and '.join(asked)}: only a language model can follow this, and {reason}."]


def conversation_of(given: Mapping[str, Any], *, import_key: str | None = None) -> Conversation:
    """Return what a validated call said, for the service."""
    expires = given.get("expiration_date")
    options = {
        "metadata": given.get("metadata") or {},
        "expiration_date": expires.isoformat() if expires else None,
        **{name: given.get(name) for name in ("immutable", "layer", "timezone")},
        **{name: given.get(name) for name in (*NEEDS_A_READER, *NEEDS_OBEDIENCE)},
    }
    said = [
        Said(
            role=turn["role"],
            text=turn["content"],
            speaker=turn.get("name", ""),
            said_at=_moment(turn.get("timestamp")),
            attachments=turn["attachments"],
        )
        for turn in given["messages"]
    ]
    return Conversation(
        said=said,
        entities=given["entities"],
        said_at=given.get("timestamp") or given.get("observation_datetime") or _midnight(given),
        infer=given["infer"],
        wait=not given["async_mode"],
        incognito=given["incognito"],
        options={key: value for key, value in options.items() if value},
        import_key=import_key,
    )


class UpdateSerializer(serializers.Serializer[Any]):
    """`PUT /v1/memories/{id}/`; `version` asks for a 409 if the memory has moved on."""

    text = serializers.CharField(required=False, allow_null=True)
    metadata = serializers.DictField(required=False, allow_null=True)
    expiration_date = serializers.DateField(required=False, allow_null=True)
    timestamp = serializers.FloatField(required=False, allow_null=True)
    layer = serializers.ChoiceField(choices=Layer.choices, required=False, allow_null=True)
    pinned = serializers.BooleanField(
        required=False, allow_null=True, help_text="A pinned memory ranks as the most important, and never fades."
    )
    version = serializers.IntegerField(required=False, min_value=1)

    def validate_timestamp(self, value: float | None) -> datetime | None:
        """Read Unix seconds."""
        return _moment(value)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require something to change. A null clears the expiration date; elsewhere it changes nothing."""
        changes = [attrs.get(name) is not None for name in ("text", "metadata", "timestamp", "layer", "pinned")]
        if not any(changes) and "expiration_date" not in attrs:
            raise serializers.ValidationError(
                "Give text, metadata, timestamp, expiration_date, layer or pinned: there is nothing to change."
            )
        return attrs

    def revision(self) -> Revision:
        """Return what to change, for the service."""
        return revision(self.validated_data)


class BatchUpdateItem(UpdateSerializer):
    """One change of a batch."""

    memory_id = serializers.UUIDField()


class BatchDeleteItem(serializers.Serializer[Any]):
    """One memory of a batch."""

    memory_id = serializers.UUIDField()


class BatchUpdateSerializer(serializers.Serializer[Any]):
    """`PUT /v1/batch/`."""

    memories = serializers.ListField(child=BatchUpdateItem(), allow_empty=False, max_length=MAX_BATCH)


class BatchDeleteSerializer(serializers.Serializer[Any]):
    """`DELETE /v1/batch/`, whose body holds the ids."""

    memories = serializers.ListField(child=BatchDeleteItem(), allow_empty=False, max_length=MAX_BATCH)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Take bare ids as well."""
        if isinstance(data, dict) and isinstance(data.get("memories"), list):
            items = [item if isinstance(item, dict) else {"memory_id": item} for item in data["memories"]]
            data = {**data, "memories": items}
        return dict(super().to_internal_value(data))


class EntitySerializer(serializers.Serializer[Any]):
    """`POST /v1/users/` and its like; the name is under the name of the id, or `name`."""

    name = NewNameField()
    user_id = NewNameField()
    agent_id = NewNameField()
    app_id = NewNameField()
    run_id = NewNameField()
    metadata = serializers.DictField(required=False, allow_null=True)
    incognito = serializers.BooleanField(
        required=False, help_text="Of a run: whether nothing is kept of what is said in it from now on."
    )


def revision(given: Mapping[str, Any]) -> Revision:
    """Return the change that validated data asks for."""
    return Revision(
        text=given.get("text"),
        metadata=given.get("metadata"),
        expiration_date=given.get("expiration_date"),
        clear_expiration="expiration_date" in given and given["expiration_date"] is None,
        said_at=given.get("timestamp"),
        layer=given.get("layer"),
        pinned=given.get("pinned"),
    )


def _midnight(given: Mapping[str, Any]) -> datetime | None:
    day: date | None = given.get("observation_date")
    zone = ZoneInfo(given.get("timezone") or "UTC")
    return datetime.combine(day, time.min, tzinfo=zone) if day else None


def _moment(seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise serializers.ValidationError("A timestamp is in Unix seconds.") from error
