"""What calls may say. Serializers validate; services act. Unknown fields are tolerated."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers

from memories.services.record import Conversation, Said

NAME_LENGTH = 255
ENTITY_KEYS = ("user_id", "agent_id", "app_id", "run_id")
MAX_TOP_K = 1000
MAX_PAGE = 10**9  # past it, the number of rows to skip is more than Postgres counts


class NameField(serializers.CharField):
    """The name of an end user, agent, app or run; numbers are taken as names."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": NAME_LENGTH, "required": False, "allow_null": True, **kwargs})


class MessageSerializer(serializers.Serializer[Any]):
    """One turn: `{role, content, name?}`; content is a string or a list of parts, of which text is read."""

    role = serializers.ChoiceField(choices=["user", "assistant", "system"], default="user")
    content = serializers.JSONField()
    name = serializers.CharField(required=False, allow_blank=True, max_length=NAME_LENGTH)
    timestamp = serializers.IntegerField(required=False)

    def validate_content(self, value: Any) -> str:
        """Return the text, or say that this kind of content is not read."""
        if isinstance(value, str):
            return value
        parts = value if isinstance(value, list) else [value]
        texts = []
        for part in parts:
            if not isinstance(part, dict) or part.get("type") != "text" or not isinstance(part.get("text"), str):
                kind = part.get("type") if isinstance(part, dict) else type(part).__name__
                raise serializers.ValidationError(
                    f'Content of type {kind!r} can\'t be read yet. Send text: a string, or [{{"type": "text", …}}].'
                )
            texts.append(part["text"])
        return "\n".join(texts)


class AddSerializer(serializers.Serializer[Any]):
    """`POST /v3/memories/add/`."""

    messages = serializers.JSONField()
    user_id = NameField()
    agent_id = NameField()
    app_id = NameField()
    run_id = NameField()
    filters = serializers.DictField(required=False)
    metadata = serializers.DictField(required=False, allow_null=True)
    infer = serializers.BooleanField(default=True)
    expiration_date = serializers.DateField(required=False, allow_null=True)
    timestamp = serializers.FloatField(required=False, allow_null=True)
    custom_instructions = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    custom_categories = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField()), required=False, allow_null=True
    )

    def validate_messages(self, value: Any) -> list[dict[str, Any]]:
        """Return the turns; a string is one turn of the user."""
        if isinstance(value, str):
            value = [{"role": "user", "content": value}]
        if isinstance(value, dict):
            value = [value]
        if not isinstance(value, list) or not value:
            raise serializers.ValidationError("Send at least one message: [{role, content}].")
        turns = MessageSerializer(data=value, many=True)
        turns.is_valid(raise_exception=True)
        if not any(turn["content"].strip() for turn in turns.validated_data):
            raise serializers.ValidationError("Every message is empty; there is nothing to remember.")
        return list(turns.validated_data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require a scope: typed Python clients put the ids under `filters`, the others beside it."""
        inside = attrs.get("filters") or {}
        entities = {key: attrs.get(key) or inside.get(key) for key in ENTITY_KEYS}
        attrs["entities"] = {key: str(name) for key, name in entities.items() if name}
        if not attrs["entities"]:
            raise serializers.ValidationError(
                "Say whose memory this is: give at least one of user_id, agent_id, app_id, run_id."
            )
        if too_long := [key for key, name in attrs["entities"].items() if len(name) > NAME_LENGTH]:
            raise serializers.ValidationError(dict.fromkeys(too_long, f"At most {NAME_LENGTH} characters."))
        return attrs

    def validate_timestamp(self, value: float | None) -> datetime | None:
        """Read Unix seconds."""
        return _moment(value)

    def conversation(self) -> Conversation:
        """Return what was said, for the service."""
        given = self.validated_data
        expires = given.get("expiration_date")
        options = {
            "metadata": given.get("metadata") or {},
            "expiration_date": expires.isoformat() if expires else None,
            "custom_instructions": given.get("custom_instructions"),
            "custom_categories": given.get("custom_categories"),
        }
        said = [
            Said(
                role=turn["role"],
                text=turn["content"],
                speaker=turn.get("name", ""),
                said_at=_moment(turn.get("timestamp")),
            )
            for turn in given["messages"]
        ]
        return Conversation(
            said=said,
            entities=given["entities"],
            said_at=given.get("timestamp"),
            infer=given["infer"],
            options={key: value for key, value in options.items() if value},
        )


class ListSerializer(serializers.Serializer[Any]):
    """`POST /v3/memories/`: filters in the body, page and page_size in the query."""

    filters = serializers.DictField()
    show_expired = serializers.BooleanField(default=False)


class PageSerializer(serializers.Serializer[Any]):
    """Which page of a list."""

    page = serializers.IntegerField(min_value=1, max_value=MAX_PAGE, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=200, default=100)


class SearchSerializer(serializers.Serializer[Any]):
    """`POST /v3/memories/search/`."""

    query = serializers.CharField(max_length=10_000)
    filters = serializers.DictField()
    top_k = serializers.IntegerField(min_value=1, max_value=MAX_TOP_K, default=10)
    threshold = serializers.FloatField(min_value=0, max_value=1, default=0)
    show_expired = serializers.BooleanField(default=False)


class UpdateSerializer(serializers.Serializer[Any]):
    """`PUT /v1/memories/{id}/`; `version` asks for a 409 if the memory has moved on."""

    text = serializers.CharField(required=False)
    metadata = serializers.DictField(required=False, allow_null=True)
    expiration_date = serializers.DateField(required=False, allow_null=True)
    version = serializers.IntegerField(required=False, min_value=1)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require something to change."""
        if not {"text", "metadata", "expiration_date"} & set(attrs):
            raise serializers.ValidationError("Give text, metadata or expiration_date: there is nothing to change.")
        return attrs


def _moment(seconds: float | None) -> datetime | None:
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, tz=UTC)
    except (OverflowError, OSError, ValueError) as error:
        raise serializers.ValidationError("A timestamp is in Unix seconds.") from error
