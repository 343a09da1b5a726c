"""Validation that costs what a call says, not what it could say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework import serializers
from rest_framework.fields import Field, SkipField, empty
from rest_framework.utils import html


class _Step(NamedTuple):
    field: Field[Any, Any, Any, Any]
    validate: Callable[[Any], Any] | None


class SparseSerializer(serializers.Serializer[Any]):
    """DRF's, except that it looks only at fields that are there, must be there, or whose default is validated.

    DRF asks every field, which for a call that names three of twenty is most of what its validation costs. What is
    refused, and how, stays DRF's: it looks again at what doesn't pass.
    """

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated fields, as DRF does; raises its ValidationError."""
        if not isinstance(data, Mapping) or html.is_html_input(data):
            return super().to_internal_value(data)
        try:
            return self._validated(data)
        except (serializers.ValidationError, DjangoValidationError, SkipField):
            return super().to_internal_value(data)

    def run_validators(self, value: Any) -> None:
        """Run the serializer's own validators, if it has any."""
        if self.validators:
            super().run_validators(value)

    def _validated(self, data: Mapping[str, Any]) -> dict[str, Any]:
        always, optional = self._steps
        given = [*always, *(step for name, step in optional.items() if name in data)]
        validated = {name: step.field.get_default() for name, step in self._defaults.items() if name not in data}
        for field, validate in given:
            name = str(field.field_name)
            value = field.run_validation(data.get(name, empty))
            validated[name] = validate(value) if validate else value
        return validated

    @cached_property
    def _steps(self) -> tuple[list[_Step], dict[str, _Step]]:
        """Return what is always looked at, and by name what only if it is there."""
        steps = [
            _Step(field, getattr(self, f"validate_{field.field_name}", None))
            for field in self.fields.values()
            if not field.read_only
        ]
        always = [step for step in steps if step.field.required or (step.validate and step.field.default is not empty)]
        return always, {str(step.field.field_name): step for step in steps if step not in always}

    @cached_property
    def _defaults(self) -> dict[str, _Step]:
        _always, optional = self._steps
        return {name: step for name, step in optional.items() if step.field.default is not empty}
