"""What language models were asked and cost."""

from __future__ import annotations

from typing import Any

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View
from memories.api.reading import PeriodSerializer
from memories.metering.budgets import Budget, budgets_of
from memories.services.usage import usage


class UsageView(View):
    """`GET /v1/usage/`."""

    def get(self, request: Request) -> Response:
        """Return what the project used, by day and by model, and how its budgets stand."""
        if self.principal.end_user_name:
            raise exceptions.PermissionDenied(
                "This API key is limited to one end user; what is spent concerns them all."
            )
        period = self.read(PeriodSerializer, request.query_params.dict())
        found = usage(principal=self.principal, project=self.project, **period)
        return Response(
            {
                "start_date": found.first.isoformat(),
                "end_date": found.last.isoformat(),
                "total": _sums(found.total),
                "days": [{"date": row["date"].isoformat(), **_sums(row)} for row in found.days],
                "models": [
                    {name: row[name] for name in ("provider", "model", "purpose")} | _sums(row) for row in found.models
                ],
                "budgets": [_budget(budget) for budget in budgets_of(self.project)],
            }
        )


def _sums(row: dict[str, Any]) -> dict[str, Any]:
    counts = ("calls", "failed_calls", "unpriced_calls", "input_tokens", "output_tokens")
    cost = row["cost"]
    return {name: row[name] for name in counts} | {"cost": None if cost is None else float(cost)}


def _budget(budget: Budget) -> dict[str, Any]:
    return {
        "unit": budget.unit,
        "period": budget.period,
        "limit": float(budget.limit),
        "used": float(budget.used),
        "is_used_up": budget.is_used_up,
        "renewed_at": budget.renewed_at.isoformat().replace("+00:00", "Z"),
    }
