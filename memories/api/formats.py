"""The formats of mem0's answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

WRAPPED = "v1.1"  # that of v3, whose answers are objects
BARE = "v1.0"


class FormatField(serializers.ChoiceField):
    """In which of the formats of mem0's answers to answer."""

    def __init__(self, choices: Sequence[str] = (WRAPPED,), **kwargs: Any) -> None:
        super().__init__(**{"choices": choices, "required": False, "allow_null": True, "allow_blank": True, **kwargs})
