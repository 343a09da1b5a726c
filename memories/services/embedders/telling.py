"""How the projects stand to the configured embedder, for operators and their monitoring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.db.models.functions import Length

from accounts.models import Project
from memories.models import EmbedderChange, Memory
from memories.models.job import Job
from memories.providers import get_embedder


@dataclass(frozen=True, slots=True)
class Standing:
    """How many projects await a change to `configured`, are changing, or failed to; `done` of `total` memories are."""

    configured: str
    waiting: int
    changing: int
    failed: int
    done: int
    total: int

    @property
    def status(self) -> str:
        """Return what matters most: "failed", "waiting" (an operator's decision is due), "changing" or "ok"."""
        return next((name for name in ("failed", "waiting", "changing") if getattr(self, name)), "ok")


def standing() -> Standing:
    """Return how the projects stand now, in two queries."""
    configured = get_embedder().name
    failed = Q(status=Job.Status.FAILED)
    opened = EmbedderChange.objects.open()
    sums = opened.aggregate(
        failed=Count("pk", filter=failed), changing=Count("pk", filter=~failed), done=Sum("done"), total=Sum("total")
    )
    waiting = Project.objects.exclude(embedder=configured).exclude(pk__in=opened.values("project")).count()
    return Standing(configured, waiting=waiting, **{name: value or 0 for name, value in sums.items()})


def sizes(projects: Iterable[Project]) -> dict[Any, dict[str, int]]:
    """Return by project how many `memories` there are to embed, and of how many `characters`."""
    found = Memory.objects.filter(project__in=list(projects)).order_by().values_list("project")
    rows = found.annotate(memories=Count("pk"), characters=Sum(Length("text")))
    return {project: {"memories": count, "characters": length} for project, count, length in rows}
