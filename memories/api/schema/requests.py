"""What calls take, where a serializer alone doesn't tell: messages, whose they are, and filters."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema

MESSAGE = {
    "type": "object",
    "description": "One turn of a conversation.",
    "properties": {
        "role": {"type": "string", "enum": ["user", "assistant", "system"], "default": "user"},
        "content": {
            "description": "What was said: text, or parts of type text.",
            "oneOf": [
                {"type": "string"},
                {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"type": {"const": "text"}, "text": {"type": "string"}},
                        "required": ["type", "text"],
                    },
                },
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
SCHEMAS = {"Message": MESSAGE, "Filters": FILTERS}


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


class ListDescribed(_Described):
    """Lists."""

    target_class = "memories.api.serializers.ListSerializer"


class SearchDescribed(_Described):
    """Searches."""

    target_class = "memories.api.serializers.SearchSerializer"
