"""What language models were asked and cost, by day and by model, and what is left of the budgets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.middleware import PageRequest
from memories.metering.budgets import budgets_of
from memories.models import Event
from memories.models.job import OUT_OF_BUDGET
from memories.providers import has_llm
from memories.services.usage import usage

DAYS = 30


@require_safe
def usage_show(request: PageRequest) -> HttpResponse:
    """Show the last thirty days of the project."""
    today = datetime.now(UTC).date()
    waiting = Event.objects.for_principal(request.principal).in_project(request.project)
    context = {
        "usage": usage(
            principal=request.principal, project=request.project, first=today - timedelta(days=DAYS - 1), last=today
        ),
        "budgets": budgets_of(request.project),
        "waiting": waiting.filter(status=Event.Status.PENDING, error_code=OUT_OF_BUDGET).count(),
        "has_llm": has_llm(),
        "shown_days": DAYS,
    }
    return render(request, "jobs/usage.html", context)
