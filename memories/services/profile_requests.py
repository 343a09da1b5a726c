"""Asking for profiles, where they are switched on."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from accounts.models import Project
from accounts.principal import Principal
from memories.models import EndUser, Memory, Profile, ProfileRequest
from memories.services.profiles import ask, settings_of

SAMPLE_SIZE = 5
MOST_SAMPLED = 10


class NotEnabled(Exception):
    """The project makes no profiles."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request has come."""

    status: str
    total: int
    succeeded: int
    failed: int
    skipped: int

    @property
    def completed(self) -> int:
        """Return how many profiles are done, one way or another."""
        return self.succeeded + self.failed + self.skipped


def request_profiles(
    *,
    principal: Principal,
    project: Project,
    operation: str,
    end_user_name: str = "",
    limit: int | None = None,
) -> ProfileRequest:
    """Ask for a profile of the named end user, or of a sample; return the request.

    Raises NotEnabled, and EndUser.DoesNotExist if the principal can't see anybody of that name.
    """
    with transaction.atomic():
        people = EndUser.objects.for_principal(principal).in_project(project)
        chosen = [people.get(name=end_user_name)] if end_user_name else _sample(people, limit or SAMPLE_SIZE)
        if not settings_of(project).enabled:
            raise NotEnabled
        request = ProfileRequest.objects.create(
            project=project,
            operation=operation,
            end_user_name=end_user_name or principal.end_user_name,
            limit=limit,
            requester=principal.label,
            user=principal.user,
            api_key=principal.api_key,
        )
        ask(request, chosen)
    return request


def _sample(people: QuerySet[EndUser], size: int) -> list[EndUser]:
    """Return those of whom most is remembered: they show best what a schema yields."""
    active = Count("memory_set", filter=Q(memory_set__state=Memory.State.ACTIVE))
    return list(people.annotate(active=active).filter(active__gt=0).order_by("-active", "pk")[:size])


def progress(request: ProfileRequest) -> Progress:
    """Count what has become of the request's profiles."""
    done = Q(status=Profile.Status.SUCCEEDED)
    counts = request.profiles.aggregate(
        total=Count("pk"),
        succeeded=Count("pk", filter=done & Q(line_count__gt=0)),
        skipped=Count("pk", filter=done & Q(line_count=0)),
        failed=Count("pk", filter=Q(status=Profile.Status.FAILED)),
        running=Count("pk", filter=Q(status=Profile.Status.RUNNING)),
    )
    running = counts.pop("running")
    counted = Progress(status="", **counts)
    if counted.completed == counted.total:
        status = "failed" if counted.failed and counted.failed == counted.total else "succeeded"
    else:
        status = "running" if running or counted.completed else "pending"
    return Progress(status=status, **counts)
