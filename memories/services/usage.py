"""What a project's language models were asked and what that cost, summed up by day and by model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from accounts.models import Project
from accounts.principal import Principal
from memories.models import ModelCall
from memories.models.model_call import ModelCallQuerySet
from providers.metering import ANSWERED

SUMS: Mapping[str, Any] = {
    "calls": Count("pk"),
    "failed_calls": Count("pk", filter=~Q(outcome=ANSWERED)),
    "unpriced_calls": Count("pk", filter=Q(cost=None)),
    "input_tokens": Sum("input_tokens", default=0),
    "output_tokens": Sum("output_tokens", default=0),
    "cost": Sum("cost"),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """What was used from the first to the last day, both included, as UTC has them.

    Each row has the keys of SUMS; `cost` is None where no call has a price, and leaves out those that have none.
    """

    first: date
    last: date
    total: dict[str, Any]
    days: list[dict[str, Any]]
    models: list[dict[str, Any]]


def usage(*, principal: Principal, project: Project, first: date, last: date) -> Usage:
    """Return what `project` used; days without a call are left out, the newest comes first, the dearest model too."""
    calls = _between(ModelCall.objects.for_principal(principal).in_project(project), first, last).order_by()
    by_day = calls.annotate(date=TruncDate("created_at", tzinfo=UTC)).values("date").annotate(**SUMS)
    by_model = calls.values("provider", "model", "purpose").annotate(**SUMS)
    dearest = (F("cost").desc(nulls_last=True), "-input_tokens", "provider", "model", "purpose")
    return Usage(
        first=first,
        last=last,
        total=calls.aggregate(**SUMS),
        days=[dict(row) for row in by_day.order_by("-date")],
        models=[dict(row) for row in by_model.order_by(*dearest)],
    )


def _between(calls: ModelCallQuerySet, first: date, last: date) -> ModelCallQuerySet:
    start, end = (datetime.combine(day, time.min, tzinfo=UTC) for day in (first, last))
    return calls.filter(created_at__gte=start, created_at__lt=end + timedelta(days=1))
