"""What the frame of every page needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Project
from accounts.pages.preferences import chosen_theme
from memories.models import Conflict, Memory


def chrome(request: HttpRequest) -> dict[str, Any]:
    """Return the theme and what the navigation bar offers.

    The projects are looked up only where the bar is shown: the pages for errors must do without a database.
    """
    return {
        "theme": chosen_theme(request),
        "signup_open": settings.SIGNUP_OPEN,
        "projects": SimpleLazyObject(lambda: visible_projects(request)),
        "waiting": SimpleLazyObject(lambda: waiting_count(request)),
        "here": request.get_full_path() if request.method == "GET" else "/",
    }


def waiting_count(request: HttpRequest) -> int:
    """Return how many memories and conflicts of the project await a person."""
    principal, project = getattr(request, "principal", None), getattr(request, "project", None)
    if principal is None or project is None:
        return 0
    waiting = Memory.objects.for_principal(principal).in_project(project).pending().count()
    return waiting + Conflict.objects.for_principal(principal).in_project(project).open().count()


def visible_projects(request: HttpRequest) -> list[Project]:
    """Return the projects among which the person may switch."""
    principal = getattr(request, "principal", None)
    if principal is None:
        return []
    projects = Project.objects.for_principal(principal).select_related("organization")
    return list(projects.order_by("organization__name", "name"))
