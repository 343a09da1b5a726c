"""Whom a call names, where it says whose what it brings is to be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from memories.filters import ALIASES, ANY

NAME_LENGTH = 255
ENTITY_KEYS = ("user_id", "agent_id", "app_id", "run_id")


class NameField(serializers.CharField):
    """The name of an end user, agent, app or run, to the letter as filters read it; numbers are taken as names."""

    def __init__(self, **kwargs: Any) -> None:
        defaults = {"max_length": NAME_LENGTH, "required": False, "allow_null": True, "trim_whitespace": False}
        super().__init__(**{**defaults, **kwargs})


class NewNameField(NameField):
    """A name that may be new: any but the one that stands for all of them where names are read."""

    def to_internal_value(self, data: Any) -> str:
        """Return the name."""
        name = super().to_internal_value(data)
        if not name.strip():
            self.fail("blank")
        if name == ANY:
            raise serializers.ValidationError('"*" stands for any name, so it can be none.')
        return name


def named(given: Mapping[str, Any]) -> dict[str, str]:
    """Return the names that a call gives beside its filters or, as typed Python clients do, in them.

    Raises ValidationError for a condition in place of a name, and for two names of one kind.
    """
    names = {key: str(given[key]) for key in ENTITY_KEYS if given.get(key)}
    for key, value in _conditions(given.get("filters")):
        try:
            name = NewNameField().run_validation(value)
        except serializers.ValidationError as error:
            raise serializers.ValidationError({f"filters.{key}": error.detail}) from error
        if name and names.setdefault(key, name) != name:
            raise serializers.ValidationError({key: f"Two are named, {names[key]!r} and {name!r}. Send one."})
    return names


def _conditions(filters: Any) -> list[tuple[str, Any]]:
    """Return what filters say of each id: side by side, or in a list of AND."""
    found = []
    for key, value in filters.items() if isinstance(filters, Mapping) else ():
        if key == "AND" and isinstance(value, list):
            found += [condition for part in value for condition in _conditions(part)]
        elif (name := ALIASES.get(key, key)) in ENTITY_KEYS:
            found.append((name, value))
    return found
