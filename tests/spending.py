"""Calls of models that were made, as if."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import Project
from memories.models import ModelCall


def spend(
    project: Project, *, tokens: int = 0, cost: str | None = None, at: datetime | None = None, **more: Any
) -> ModelCall:
    """Note a call that took so much, now or `at` another time."""
    told = {"purpose": "extraction", "provider": "openai", "model": "gpt-test", "outcome": "answered", **more}
    return ModelCall.objects.create(
        project=project,
        input_tokens=tokens,
        cost=None if cost is None else Decimal(cost),
        duration=1.5,
        created_at=at or timezone.now(),
        **told,
    )
