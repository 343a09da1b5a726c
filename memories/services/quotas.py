"""How much a project may hold and be sent."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from accounts.models import Project
from memories.models import Event, Memory
from memories.services.inserting import send_waiting


class QuotaExceeded(Exception):
    """The project has reached a quota; the message says which and what can be done."""


def check_quotas(project: Project) -> None:
    """Make sure that the project may be sent the conversation that was just stored; raise QuotaExceeded.

    Must run in the transaction that stored it, and end it when it raises. The project stays locked until then, so
    of two calls that compete for the last place one gets it. What was accepted is always ingested, also beyond the
    quota.
    """
    if not has_quota(project):
        return
    most, monthly = _quotas(project)
    send_waiting()
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if most and Memory.objects.in_project(project).kept().count() >= most:
        raise QuotaExceeded(
            f"This project may hold {most} memories, and does. Delete some, or ask its operator for more."
        )
    month = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if monthly and Event.objects.in_project(project).filter(created_at__gte=month).count() > monthly:
        raise QuotaExceeded(
            f"This project may be sent {monthly} conversations a month, and was. "
            "Wait for the next month, or ask its operator for more."
        )


def has_quota(project: Project) -> bool:
    """Tell whether anything limits what the project may hold or be sent."""
    return any(_quotas(project))


def _quotas(project: Project) -> tuple[int, int]:
    """Return how many memories it may hold and how many conversations a month it may be sent; 0 is no limit."""
    return (
        _quota(project.memory_quota, settings.QUOTA_MEMORIES_PER_PROJECT),
        _quota(project.monthly_add_quota, settings.QUOTA_ADDS_PER_MONTH),
    )


def _quota(own: int | None, default: int) -> int:
    return default if own is None else own
