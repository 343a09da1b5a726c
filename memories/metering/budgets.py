"""How much of its models a project may use up in a day and in a month, both as the calendar of UTC has them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Project
from memories.models.model_call import ModelCall
from providers.errors import ProviderError
from providers.metering import EMBEDDING

DAY, MONTH = "day", "month"
TOKENS, COST = "tokens", "cost"
# The project's field of each; where that is empty, settings.MODEL_BUDGETS has one of the same name.
FIELDS = {
    (TOKENS, DAY): "daily_token_budget",
    (TOKENS, MONTH): "monthly_token_budget",
    (COST, DAY): "daily_cost_budget",
    (COST, MONTH): "monthly_cost_budget",
}


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit of tokens or money in a day or month, what of it is used, and when it begins anew."""

    unit: str
    period: str
    limit: Decimal
    used: Decimal
    renewed_at: datetime

    @property
    def is_used_up(self) -> bool:
        """Tell whether nothing is left."""
        return self.used >= self.limit

    @property
    def percent(self) -> int:
        """Return how much of it is used, at most 100."""
        return min(100, int(self.used * 100 / self.limit))


class BudgetUsedUp(ProviderError):
    """The project's models have to wait until the budget is raised or its period is over."""

    retryable = True

    def __init__(self, budget: Budget) -> None:
        self.until = budget.renewed_at
        amount = f"{budget.limit:,.0f} tokens" if budget.unit == TOKENS else f"{budget.limit:,.2f}"
        super().__init__(
            f"The project's budget of {amount} a {budget.period} is used up. What was sent is kept, and read when the "
            f"budget is raised or from {budget.renewed_at:%Y-%m-%d} on.",
            retry_after=(budget.renewed_at - timezone.now()).total_seconds(),
        )


def budgets_of(project: Project) -> list[Budget]:
    """Return the budgets that hold for `project`; none where neither it nor the settings have any."""
    limits = {key: _limit(project, field) for key, field in FIELDS.items()}
    if not any(limits.values()):
        return []
    today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    since = {DAY: today, MONTH: today.replace(day=1)}
    until = {DAY: today + timedelta(days=1), MONTH: (since[MONTH] + timedelta(days=32)).replace(day=1)}
    used = _used(project, since)
    return [
        Budget(unit, period, limit, used[f"{unit}_{period}"], until[period])
        for (unit, period), limit in limits.items()
        if limit
    ]


def check_budgets(project_id: UUID) -> None:
    """Raise BudgetUsedUp, of the budget that is renewed last, if the project has none left.

    Calls that are under way are not counted yet, so as many as there are workers may go beyond it.
    """
    used_up = [budget for budget in budgets_of(Project.objects.get(pk=project_id)) if budget.is_used_up]
    if used_up:
        raise BudgetUsedUp(max(used_up, key=lambda budget: budget.renewed_at))


def _limit(project: Project, field: str) -> Decimal:
    own = getattr(project, field)
    return Decimal(str(settings.MODEL_BUDGETS[field] if own is None else own))


def _used(project: Project, since: dict[str, datetime]) -> dict[str, Decimal]:
    """Return what the calls since the beginning of each period add up to, under `tokens_day` and so on."""
    # A token of an embedding model costs next to nothing: it counts in money only.
    amounts = {TOKENS: (F("input_tokens") + F("output_tokens"), ~Q(purpose=EMBEDDING)), COST: (F("cost"), Q())}
    sums: dict[str, Any] = {
        f"{unit}_{period}": Coalesce(Sum(amount, filter=which & Q(created_at__gte=start)), 0, output_field=_DECIMAL)
        for unit, (amount, which) in amounts.items()
        for period, start in since.items()
    }
    return ModelCall.objects.in_project(project).filter(created_at__gte=since[MONTH]).aggregate(**sums)


_DECIMAL = ModelCall._meta.get_field("cost")
