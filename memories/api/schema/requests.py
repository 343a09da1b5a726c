"""What calls take, where a serializer alone doesn't tell: messages, whose they are, and filters."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema

from memories.api.naming import ENTITY_KEYS
from memories.attachments.kinds import PART_TYPES
from memories.models.webhook import EventType

PART = {
    "description": "A part of a message: its words, or an image or document that came with it.",
    "oneOf": [
        {
            "type": "object",
            "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
            "required": ["type", "text"],
        },
        *({"$ref": f"#/components/schemas/Part_{kind}"} for kind in PART_TYPES),
    ],
}
ATTACHED = {
    f"Part_{kind}": {
        "type": "object",
        "properties": {
            "type": {"const": kind},
            kind: {
                "type": "object",
                "properties": {
                    "url": {
                        "type": "string",
                        "description": "An http(s) address, a data URL, or base64.",
                    }
                },
                "required": ["url"],
            },
        },
        "required": ["type", kind],
    }
    for kind in PART_TYPES
}
MESSAGE = {
    "type": "object",
    "description": "One turn of a conversation.",
    "properties": {
        "role": {"type": "string", "enum": ["user", "assistant", "system"], "default": "user"},
        "content": {
            "description": "What was said: text, a part, or parts: text, images and documents.",
            "oneOf": [
                {"type": "string"},
                {"$ref": "#/components/schemas/Part"},
                {"type": "array", "items": {"oneOf": [{"type": "string"}, {"$ref": "#/components/schemas/Part"}]}},
            ],
        },
        "name": {"type": "string", "description": "The speaker.", "maxLength": 255},
        "timestamp": {"type": "integer", "description": "When it was said, in Unix seconds."},
    },
    "required": ["content"],
}
MESSAGES = {
    "description": "The conversation. A text alone is one turn of the user.",
    "oneOf": [
        {"type": "array", "items": {"$ref": "#/components/schemas/Message"}, "minItems": 1},
        {"$ref": "#/components/schemas/Message"},
        {"type": "string"},
    ],
}
FILTERS = {
    "type": "object",
    "description": (
        "Which memories are meant: fields joined by AND, or `AND`, `OR` (lists of filters) and `NOT`, nested at will. "
        "Somewhere it must say whose: `user_id`, `agent_id`, `app_id` or `run_id`, with `*` for any.\n\n"
        "Other fields: `created_at`, `updated_at`, `timestamp`, `expiration_date` (`gt`, `gte`, `lt`, `lte`), "
        "`categories` (`in`, `contains`), `metadata`, `keywords` (`contains`, `icontains`), `memory_ids`, `text`."
    ),
    "additionalProperties": True,
    "examples": [
        {"user_id": "ann"},
        {
            "AND": [
                {"user_id": "ann"},
                {"created_at": {"gte": "2026-01-01"}},
                {"NOT": {"categories": {"in": ["food"]}}},
            ]
        },
    ],
}
CATEGORIES = {
    "type": ["array", "null"],
    "description": "Names of categories with what belongs in them; null goes back to the default ones.",
    "items": {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
    "examples": [[{"health": "Illnesses, medicine, allergies."}]],
}
ROLES = "In capitals or not; READER may only read, and AUDITOR means the same."
EVENT_TYPES = {"type": "array", "items": {"type": "string", "enum": EventType.values}, "minItems": 1}
EXPORT = {
    "type": "object",
    "description": "The object that the export's schema describes; `notes` beside it if there is something to say.",
    "additionalProperties": True,
}
SCHEMAS = {"Message": MESSAGE, "Part": PART, **ATTACHED, "Filters": FILTERS, "Export": EXPORT}


class _Described(OpenApiSerializerExtension):
    """Takes a serializer's description and says more of some fields."""

    fields: dict[str, Any] = {"filters": {"$ref": "#/components/schemas/Filters"}}
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Return the description."""
        schema: dict[str, Any] = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        schema["properties"].update(self.fields)
        return schema


class AddDescribed(_Described):
    """Conversations."""

    target_class = "memories.api.serializers.AddSerializer"
    fields = {"messages": MESSAGES, "filters": {"type": "object", "description": "May hold the ids instead."}}


class ReadDescribed(_Described):
    """Lists and searches."""

    target_class = "memories.api.reading.ReadSerializer"


class OldDescribed(_Described):
    """Lists and searches of v1 and v2, which may name whose memories are meant beside the filters."""

    target_class = "memories.api.reading.OldReading"
    priority = 1
    fields = {**_Described.fields, **{key: {"type": "string"} for key in ENTITY_KEYS}}

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Return the description, in which the filters may be left out."""
        schema = super().map_serializer(auto_schema, direction)
        return _requiring(schema, [name for name in schema["required"] if name != "filters"])


class ScopeDescribed(_Described):
    """What is made of memories."""

    target_class = "memories.api.derived_serializers.ScopeSerializer"


class SettingsDescribed(_Described):
    """A project's settings."""

    target_class = "memories.api.orgs.serializers.SettingsSerializer"
    fields = {"custom_categories": CATEGORIES}


class MemberDescribed(_Described):
    """Members and their roles."""

    target_class = "memories.api.orgs.serializers.MemberSerializer"
    fields = {"role": {"type": "string", "enum": ["OWNER", "ADMIN", "MEMBER", "READER"], "description": ROLES}}


class WebhookDescribed(_Described):
    """Webhooks."""

    target_class = "memories.api.webhooks.serializers.WebhookSerializer"
    fields = {"event_types": EVENT_TYPES}


class WebhookChangeDescribed(WebhookDescribed):
    """Changes of webhooks."""

    target_class = "memories.api.webhooks.serializers.ChangeSerializer"


class PartDescribed(_Described):
    """Memories of which a part may have been asked for."""

    target_class = "memories.api.schema.answers.PartMemory"
    fields: dict[str, Any] = {}

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        """Return the description, in which only the id always comes."""
        return _requiring(super().map_serializer(auto_schema, direction), ["id"])


def _requiring(schema: dict[str, Any], names: list[str]) -> dict[str, Any]:
    schema = {key: value for key, value in schema.items() if key != "required"}
    return {**schema, "required": names} if names else schema
