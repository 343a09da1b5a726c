"""How much there is, and how much happens."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import Project
from accounts.principal import Principal
from memories.filters import ENTITIES
from memories.models import AccessLog, Event, Feedback, Memory

DAYS = 30


def stats(*, principal: Principal, project: Project) -> dict[str, Any]:
    """Return counts of what the principal may see; those of the access log are None for a limited key."""
    memories = Memory.objects.for_principal(principal).in_project(project)
    events = Event.objects.for_principal(principal).in_project(project)
    # Whom a search found is in nobody's log of one person, so a limited key can't be told.
    searches = None if principal.end_user_name else AccessLog.objects.for_principal(principal).in_project(project)
    named = Counter(name for names in memories.remembered().values_list("categories", flat=True) for name in names)
    return {
        "total_memories": memories.remembered().count(),
        "memories_by_state": _by(memories, "state"),
        "memories_by_category": dict(named.most_common()),
        "entities": {
            key.removesuffix("_id"): model._default_manager.for_principal(principal).in_project(project).count()  # type: ignore[attr-defined]
            for key, model in ENTITIES.items()
        },
        "total_events": events.count(),
        "events_by_status": _by(events, "status"),
        "total_searches": None if searches is None else searches.count(),
        "feedback": _by(Feedback.objects.for_principal(principal).in_project(project), "value"),
        "over_time": _over_time(events, searches),
    }


def _by(rows: QuerySet[Any], field: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(field).annotate(Count("pk")))


def _over_time(events: QuerySet[Any], searches: QuerySet[Any] | None) -> list[dict[str, Any]]:
    """Return the last days, oldest first, each with its adds and searches; days are UTC's."""
    today = timezone.now().date()
    first = today - timedelta(days=DAYS - 1)
    added = _per_day(events, first)
    searched = None if searches is None else _per_day(searches, first)
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [
        {
            "date": day.isoformat(),
            "adds": added.get(day, 0),
            "searches": None if searched is None else searched.get(day, 0),
        }
        for day in days
    ]


def _per_day(rows: QuerySet[Any], first: Any) -> dict[Any, int]:
    recent = rows.order_by().filter(created_at__date__gte=first).annotate(day=TruncDate("created_at"))
    return dict(recent.values_list("day").annotate(Count("pk")))
