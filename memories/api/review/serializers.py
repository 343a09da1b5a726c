"""What calls may say about review."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import ApiKey, Project
from memories.api.naming import NAME_LENGTH, NameField
from memories.models import Agent, App, ReviewRule
from memories.models.review import Trust
from memories.models.stated import Kind, Layer
from memories.services.review import Verdict
from memories.services.rules import MOST_RULES

MOST_DECISIONS = 200
TRUST = {"low": Trust.LOW, "ordinary": Trust.ORDINARY, "high": Trust.HIGH}


class DecisionSerializer(serializers.Serializer[Any]):
    """What becomes of one memory."""

    memory_id = serializers.UUIDField()
    verdict = serializers.ChoiceField(choices=Verdict.values)
    text = serializers.CharField(
        default="", allow_blank=True, help_text="What it shall say, or what the other says after a merge."
    )
    other_id = serializers.UUIDField(
        default=None, allow_null=True, help_text="The active memory to merge into, or to supersede."
    )


class DecisionsSerializer(serializers.Serializer[Any]):
    """Decisions, all of which are carried out or none."""

    decisions = serializers.ListField(
        child=DecisionSerializer(), allow_empty=False, min_length=1, max_length=MOST_DECISIONS
    )
    reason = serializers.CharField(max_length=500, default="", allow_blank=True)


class TrustField(serializers.ChoiceField):
    """A level of trust by its name."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=list(TRUST), **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return the level."""
        return TRUST[super().to_internal_value(data)]


class RuleSerializer(serializers.Serializer[Any]):
    """A rule; a condition that is left out fits everything."""

    outcome = serializers.ChoiceField(choices=ReviewRule.Outcome.choices)
    app_id = NameField(help_text="The app for whose statements it is; none for all.")
    confidence_below = serializers.FloatField(min_value=0, max_value=1, default=None, allow_null=True)
    categories = serializers.ListField(child=serializers.CharField(max_length=100), default=list)
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.choices), default=list)
    layers = serializers.ListField(child=serializers.ChoiceField(choices=Layer.choices), default=list)
    trust_at_most = TrustField(default=None, allow_null=True)


class SourceTrustSerializer(serializers.Serializer[Any]):
    """How far one app, agent or API key is trusted."""

    source = serializers.ChoiceField(choices=["app", "agent", "api_key"])  # type: ignore[assignment]
    id = serializers.CharField(max_length=NAME_LENGTH, help_text="An app's or agent's name, an API key's id.")
    level = TrustField()


class PolicySerializer(serializers.Serializer[Any]):
    """The whole policy."""

    rules = serializers.ListField(child=RuleSerializer(), max_length=MOST_RULES)
    trust = serializers.ListField(child=SourceTrustSerializer(), max_length=MOST_RULES, default=list)


class WhoseSerializer(serializers.Serializer[Any]):
    """Of which end user; none for all."""

    user_id = NameField()


def rules_of(given: dict[str, Any], project: Project) -> list[dict[str, Any]]:
    """Return validated rules as rows have them, the app found or made by its name."""
    rules = []
    for item in given["rules"]:
        name = item.pop("app_id", None)
        app = App.objects.get_or_create(project=project, name=name)[0] if name else None
        rules.append({**item, "app": app})
    return rules


def trust_of(given: dict[str, Any], project: Project) -> list[dict[str, Any]]:
    """Return validated trusts as rows have them; raise ValidationError for an unknown key or a repetition."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for item in given["trust"]:
        kind, name = item["source"], item["id"]
        if (kind, name) in found:
            raise serializers.ValidationError({"trust": [f"The {kind} {name!r} is named twice."]})
        row: Any = _key(name, project) if kind == "api_key" else None
        if kind != "api_key":
            model = App if kind == "app" else Agent
            row = model._default_manager.get_or_create(project=project, name=name)[0]
        found[kind, name] = {kind: row, "level": item["level"]}
    return list(found.values())


def _key(key_id: str, project: Project) -> ApiKey:
    try:
        pk = serializers.UUIDField().run_validation(key_id)
        return ApiKey.objects.get(project=project, pk=pk)
    except (serializers.ValidationError, ApiKey.DoesNotExist) as error:
        raise serializers.ValidationError({"trust": [f"There is no API key {key_id!r} in this project."]}) from error
