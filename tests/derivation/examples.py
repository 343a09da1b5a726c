"""Schemas as pydantic and mem0's documentation write them, and a few facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from memories.derivation.facts import Fact

PROFESSIONAL: dict[str, Any] = {
    "$defs": {
        "EducationLevel": {
            "enum": ["high_school", "bachelors", "masters"],
            "title": "EducationLevel",
            "type": "string",
        },
    },
    "properties": {
        "full_name": {
            "anyOf": [{"maxLength": 100, "minLength": 2, "type": "string"}, {"type": "null"}],
            "default": None,
            "description": "The professional's full name",
            "title": "Full Name",
        },
        "education_level": {"anyOf": [{"$ref": "#/$defs/EducationLevel"}, {"type": "null"}], "default": None},
        "years_experience": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
        "food": {"items": {"type": "string"}, "type": "array", "default": []},
    },
    "title": "ProfessionalProfile",
    "type": "object",
}


def fact(number: int, text: str, *categories: str, **metadata: Any) -> Fact:
    said_at = datetime(2026, 1, number + 1, tzinfo=UTC)
    return Fact(f"m{number}", text, said_at, categories, metadata, {"user_id": "ann", "run_id": None})


FACTS = [
    fact(3, "I bake bread on Sundays.", "food", "hobbies"),
    fact(2, "My name is Ann Lee.", "personal_details", full_name="Ann Lee"),
    fact(1, "I like green tea.", "food"),
]
