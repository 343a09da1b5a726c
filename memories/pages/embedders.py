"""Changing the embedder, for operators: which projects await it, how far it is, what failed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import PageRequest
from accounts.models import Project
from memories.models import EmbedderChange
from memories.models.job import Job
from memories.providers import get_embedder
from memories.services.embedders import asking
from memories.services.embedders.telling import sizes
from providers.errors import ProviderError

P = ParamSpec("P")
View = Callable[Concatenate[PageRequest, P], HttpResponse]
PAST = 20
SHOWN = 50


def operators_only(view: View[P]) -> View[P]:
    """Answer 404 to everybody who doesn't run this server: the page tells of all projects."""

    @wraps(view)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_superuser:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@operators_only
def embedder_show(request: PageRequest) -> HttpResponse:
    """Show the projects that await a change, those that are changing, and the last changes."""
    return _shown(request)


@require_POST
@operators_only
def embedder_change(request: PageRequest) -> HttpResponse:
    """Change one project, or all that await it."""
    waiting = asking.to_change()
    chosen = [project for project in waiting if request.POST.get("project") in (None, str(project.pk))]
    try:
        asking.ask_all(projects=chosen, requester=request.principal.label, user=request.user)
    except (asking.CannotChange, ProviderError) as error:
        messages.error(request, str(error))
    return redirect("embedder")


@require_POST
@operators_only
def embedder_retry(request: PageRequest, change_id: UUID) -> HttpResponse:
    """Try a failed change again."""
    asking.try_again(get_object_or_404(EmbedderChange, pk=change_id))
    return redirect("embedder")


@require_POST
@operators_only
def embedder_cancel(request: PageRequest, change_id: UUID) -> HttpResponse:
    """Stay with the embedder in use."""
    try:
        asking.cancel(get_object_or_404(EmbedderChange, pk=change_id), requester=request.principal.label)
    except asking.CannotChange:
        messages.error(request, _("It is too late to cancel: the new embedder is in use already."))
    return redirect("embedder")


def _shown(request: PageRequest) -> HttpResponse:
    changes = EmbedderChange.objects.select_related("project__organization")
    current = list(changes.open().order_by("created_at")[:SHOWN])
    page = Paginator(asking.to_change(), SHOWN).get_page(request.GET.get("page"))
    found = sizes(page)
    context: dict[str, Any] = {
        "configured": get_embedder().name,
        "page": page,
        "behind": [_row(project, found) for project in page],
        "changes": current,
        "past": _past(changes),
        "unfinished": any(change.status != Job.Status.FAILED for change in current),
    }
    return render(request, "embedder.html#standing" if request.htmx else "embedder.html", context)


def _row(project: Project, found: dict[Any, dict[str, int]]) -> dict[str, Any]:
    return {"project": project, **found.get(project.pk, {"memories": 0, "characters": 0})}


def _past(changes: QuerySet[EmbedderChange]) -> QuerySet[EmbedderChange]:
    return changes.filter(status=Job.Status.SUCCEEDED).order_by("-completed_at")[:PAST]
