"""What calls about review answer: memories/api/review/shapes.py writes it."""

from __future__ import annotations

from rest_framework import serializers

from memories.api.review.serializers import TRUST
from memories.api.schema.answers import Answer, MemoryAnswer, Page, name
from memories.models import ReviewRule
from memories.models.stated import Kind, Layer


class WaitingAnswer(MemoryAnswer):
    """A memory that awaits review, with what rules go by."""

    confidence = serializers.FloatField()
    kind = serializers.ChoiceField(choices=Kind.choices, allow_null=True)
    layer = serializers.ChoiceField(choices=Layer.choices)


class WaitingPage(Page):
    """A page of what awaits review."""

    results = WaitingAnswer(many=True)


class RuleAnswer(Answer):
    """A rule: the first that fits decides."""

    outcome = serializers.ChoiceField(choices=ReviewRule.Outcome.choices)
    app_id = name("The app for whose statements it is; null for all.")
    confidence_below = serializers.FloatField(allow_null=True)
    categories = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=Kind.choices))
    layers = serializers.ListField(child=serializers.ChoiceField(choices=Layer.choices))
    trust_at_most = serializers.ChoiceField(choices=list(TRUST), allow_null=True)


class SourceTrustAnswer(Answer):
    """How far one source is trusted."""

    source = serializers.ChoiceField(choices=["app", "agent", "api_key"])  # type: ignore[assignment]
    id = serializers.CharField()
    level = serializers.ChoiceField(choices=list(TRUST))


class PolicyAnswer(Answer):
    """The whole policy."""

    rules = RuleAnswer(many=True)
    trust = SourceTrustAnswer(many=True)


class SuppressionAnswer(Answer):
    """What is never remembered again."""

    id = serializers.UUIDField()
    memory = serializers.CharField(
        allow_null=True,
        help_text="Null once the memory it came from is purged; it is kept out all the same.",
    )
    user_id = name("Of whom.")
    actor = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class SuppressionPage(Page):
    """A page of suppressions."""

    results = SuppressionAnswer(many=True)
