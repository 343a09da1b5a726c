"""What calls about events and their cost answer."""

from __future__ import annotations

from rest_framework import serializers

from memories.api.schema.answers import Answer


class RetryAnswer(Answer):
    """How many failed events are being tried again."""

    message = serializers.CharField()
    count = serializers.IntegerField()


class Sums(Answer):
    """What calls of language models add up to."""

    calls = serializers.IntegerField()
    failed_calls = serializers.IntegerField()
    unpriced_calls = serializers.IntegerField(help_text="Calls of models without a price; they are not in the cost.")
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost = serializers.FloatField(allow_null=True, help_text="In the operator's currency; null: no call is priced.")


class DayOfUsage(Sums):
    """One day, as UTC has it."""

    date = serializers.DateField()


class ModelUsage(Sums):
    """One model for one purpose."""

    provider = serializers.CharField()
    model = serializers.CharField()
    purpose = serializers.CharField()


class BudgetAnswer(Answer):
    """A limit, and how much of it is used."""

    unit = serializers.ChoiceField(choices=["tokens", "cost"])
    period = serializers.ChoiceField(choices=["day", "month"])
    limit = serializers.FloatField()
    used = serializers.FloatField()
    is_used_up = serializers.BooleanField()
    renewed_at = serializers.DateTimeField()


class UsageAnswer(Answer):
    """What a project used."""

    start_date = serializers.DateField()
    end_date = serializers.DateField()
    total = Sums()
    days = DayOfUsage(many=True, help_text="Newest first; days without a call are left out.")
    models = ModelUsage(many=True, help_text="Dearest first.")
    budgets = BudgetAnswer(many=True)
