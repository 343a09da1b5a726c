"""What searches answer, and how they explain it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from memories.api.schema.answers import Answer, PartMemory, Warned


class Signal(Answer):
    """What one retriever or boost thinks of a hit."""

    rank = serializers.IntegerField()
    score = serializers.FloatField()
    contribution = serializers.FloatField(help_text="Its part of the score.")


class HitAnswer(PartMemory):
    """A memory that was found."""

    score = serializers.FloatField(help_text="0 to 1.")
    score_breakdown = serializers.DictField(child=Signal())
    rerank_score = serializers.FloatField(required=False, help_text="What the order goes by, in the reranker's unit.")
    rank_before_rerank = serializers.IntegerField(required=False)


class PeriodAnswer(Answer):
    """A time: from the one day until the other, which is no part of it."""

    until = serializers.DateField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add `from`, which no attribute can be called."""
        return {"from": serializers.DateField(), **super().get_fields()}


class ExpectedAnswer(Answer):
    """What became of a memory that the caller expected."""

    id = serializers.UUIDField()
    reason = serializers.CharField(help_text="Why it is, or isn't, among the results.")
    rank = serializers.IntegerField(allow_null=True)
    score = serializers.FloatField()
    score_breakdown = serializers.DictField(child=Signal())


class ExplanationAnswer(Answer):
    """How a query was understood, and each signal's say in the score."""

    searched_for = serializers.CharField(help_text="The query without the names of speakers in it.")
    queries = serializers.ListField(
        child=serializers.CharField(), help_text="The query, and what a language model made of it."
    )
    reranker = serializers.CharField(allow_null=True, help_text="The model that set the order, if one did.")
    terms = serializers.ListField(child=serializers.CharField(), help_text="The words looked for.")
    people = serializers.ListField(child=serializers.CharField(), help_text="The speakers that it names.")
    period = PeriodAnswer(allow_null=True, help_text="The time that it speaks of.")
    weights = serializers.DictField(child=serializers.FloatField())
    expected = ExpectedAnswer(many=True)


class SearchAnswer(Warned):
    """What was found, best first."""

    results = HitAnswer(many=True)
    explanation = ExplanationAnswer(required=False, help_text="If the call asked to `explain`.")
