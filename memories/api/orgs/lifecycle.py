"""What calls may say about how long a project's memories last."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Project
from memories.lifecycle import MOST_CAPACITY, MOST_CATEGORIES, MOST_DAYS, MOST_HEAT, lifecycle_of, stored_lifecycle
from memories.models.stated import Layer

CATEGORY_LENGTH = 100


class DaysField(serializers.DictField):
    """`{name: days}`; null or {} ends nothing."""

    def __init__(self, **kwargs: Any) -> None:
        days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)
        super().__init__(child=days, required=False, allow_null=True, **kwargs)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the days, {} for null."""
        return super().run_validation(data) or {}


class LayerDaysField(DaysField):
    """Days by layer."""

    def to_internal_value(self, data: Any) -> dict[Any, Any]:
        """Refuse a layer that there isn't, which would pass for an end."""
        if isinstance(data, dict) and (unknown := sorted(set(map(str, data)) - set(Layer.values))):
            raise serializers.ValidationError(
                f"There is no layer {', '.join(unknown)}. Layers: {', '.join(Layer.values)}."
            )
        return super().to_internal_value(data)


class CategoryDaysField(DaysField):
    """Days by category."""

    def to_internal_value(self, data: Any) -> dict[Any, Any]:
        """Take so many categories, with names as categories have them."""
        found = super().to_internal_value(data)
        if len(found) > MOST_CATEGORIES or any(not 0 < len(name.strip()) <= CATEGORY_LENGTH for name in found):
            raise serializers.ValidationError(
                f"Up to {MOST_CATEGORIES} categories, each with a name of 1 to {CATEGORY_LENGTH} characters."
            )
        return found


class LifecycleSerializer(serializers.Serializer[Any]):
    """How long memories last, and what is done with them over time; what is left out stays."""

    layer_days = LayerDaysField(help_text="Days without a change after which memories of a layer are put aside.")
    category_days = CategoryDaysField(help_text="The same by category; goes before the layer's.")
    capacity = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_CAPACITY,
        help_text="Most active memories of a person; 0: any number.",
    )
    promotion_heat = serializers.FloatField(
        required=False,
        min_value=0,
        max_value=MOST_HEAT,
        help_text="From which a session memory becomes one of the user.",
    )
    half_life_days = serializers.FloatField(
        required=False, min_value=1, max_value=MOST_DAYS, help_text="How fast memories fade if `decay` is on."
    )
    combine_layers = serializers.BooleanField(
        required=False, help_text="Whether searches that name a run combine the layers without asking for it."
    )

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Refuse a setting that there isn't."""
        if isinstance(data, dict) and (unknown := sorted(set(map(str, data)) - set(self.fields))):
            raise serializers.ValidationError(
                f"There is no setting {', '.join(unknown)}. Settings: {', '.join(self.fields)}."
            )
        return dict(super().to_internal_value(data))


def changed_lifecycle(project: Project, given: dict[str, Any] | None) -> dict[str, Any]:
    """Return what `Project.lifecycle` stores after a change; null goes back to the defaults."""
    return stored_lifecycle(lifecycle_of(project).as_dict() | given) if given else {}
