"""Who is asking, and in which project, for pages."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject
from django_htmx.middleware import HtmxDetails

from accounts.models import Membership, Project, User
from accounts.principal import Principal
from accounts.services import open_personal_organization

SESSION_KEY = "project_id"


class PageRequest(HttpRequest):
    """A request of a signed-in person, as every page view receives it."""

    htmx: HtmxDetails
    user: User
    principal: Principal
    project: Project


def principal(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Give a signed-in person's request its `principal` and the `project` they are working in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            request.principal = Principal(user=request.user)  # type: ignore[attr-defined]
            request.project = SimpleLazyObject(lambda: current_project(request))  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def current_project(request: HttpRequest) -> Project:
    """Return the project chosen in this session, else the person's first; never one they may not see.

    Somebody who was left without any gets a place of their own again.
    """
    projects = Project.objects.for_principal(request.principal).select_related("organization")  # type: ignore[attr-defined]
    chosen = request.session.get(SESSION_KEY)
    if chosen:
        try:
            return projects.get(pk=UUID(chosen))
        except (Project.DoesNotExist, ValueError, ValidationError):
            request.session.pop(SESSION_KEY)
    joined = Membership.objects.filter(user=request.user.pk, organization=OuterRef("organization"))
    oldest = Subquery(joined.values("created_at")[:1])
    first = projects.alias(joined=oldest).order_by("-is_default", F("joined").asc(nulls_last=True), "created_at")
    return first.first() or open_personal_organization(user=request.user)  # type: ignore[arg-type]
