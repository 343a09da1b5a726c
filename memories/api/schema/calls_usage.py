"""The calls about failed events, and about what models cost."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from memories.api import events, reading, usage
from memories.api.schema import answers, answers_usage
from memories.api.schema.told import example

extend_schema_view(
    post=extend_schema(
        summary="Try a failed event again",
        description="Gives it all its tries anew; 409 if it has not failed.",
        request=None,
        responses=answers.EventAnswer,
    )
)(events.RetryView)

extend_schema_view(
    post=extend_schema(
        summary="Try failed events again",
        description="Those in `event_ids`, those with one `error_code`, those of both, or without either all.",
        request=reading.RetrySerializer,
        responses={200: answers_usage.RetryAnswer},
        examples=example({"error_code": "ProviderUnavailable"}),
    )
)(events.RetryAllView)

extend_schema_view(
    get=extend_schema(
        summary="Read what language models cost",
        description=(
            "Returns calls, tokens and cost by day and by model, and how the budgets stand. Failed calls count, too, "
            "if they were paid for."
        ),
        parameters=[reading.PeriodSerializer],
        responses=answers_usage.UsageAnswer,
    )
)(usage.UsageView)
