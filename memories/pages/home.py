"""Home: what is here now, and how to begin."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import PageRequest
from accounts.pages.projects import may_write, writers_only
from memories.models import EndUser, Event, Memory
from memories.providers import EMBEDDED, has_llm
from memories.services import samples
from memories.services.embedders.telling import standing
from memories.services.quotas import QuotaExceeded

SNIPPETS = {"python": "Python", "typescript": "TypeScript", "curl": "curl"}
RECENT = 5


@require_safe
def home(request: PageRequest) -> HttpResponse:
    """Show the counts, the newest memories, the way to connect an app, and the samples."""
    context = _now(request) | _connect(request)
    if request.htmx:
        return render(request, f"home.html#{'connect' if request.htmx.target == 'connect' else 'now'}", context)
    context |= {
        "has_llm": has_llm(),
        "local_embedder": settings.PROVIDERS["embedder"]["BACKEND"] == EMBEDDED,
        "may_write": may_write(request),
        "embedders": standing() if request.user.is_superuser else None,
        "samples_loaded": samples.samples_loaded(request.project),
    }
    return render(request, "home.html", context)


@require_POST
@writers_only
def samples_load(request: PageRequest) -> HttpResponse:
    """Record the sample conversations."""
    try:
        samples.load_samples(principal=request.principal, project=request.project)
    except QuotaExceeded:
        messages.error(request, _("There is no room for all the samples: this project has reached one of its quotas."))
        return redirect("home")
    messages.success(request, _("The sample conversations are in. Their memories appear here as they are read."))
    return redirect("home")


@require_POST
@writers_only
def samples_remove(request: PageRequest) -> HttpResponse:
    """Erase the sample people with everything recorded about them."""
    erased = samples.remove_samples(principal=request.principal, project=request.project)
    text = ngettext(
        "The sample people are gone, with %(count)s memory.",
        "The sample people are gone, with %(count)s memories.",
        erased,
    )
    messages.success(request, text % {"count": erased})
    return redirect("home")


def _now(request: PageRequest) -> dict[str, Any]:
    mine = Memory.objects.for_principal(request.principal).in_project(request.project)
    status = Event.Status
    jobs = (
        Event.objects.for_principal(request.principal)
        .in_project(request.project)
        .aggregate(
            waiting=Count("pk", filter=Q(status__in=[status.PENDING, status.RUNNING])),
            failed=Count("pk", filter=Q(status=status.FAILED)),
        )
    )
    return {
        "memory_count": mine.remembered().count(),
        "end_user_count": EndUser.objects.for_principal(request.principal).in_project(request.project).count(),
        "jobs": jobs,
        "recent": mine.remembered().with_scope()[:RECENT],
    }


def _connect(request: PageRequest) -> dict[str, Any]:
    chosen = request.GET.get("lang", "")
    return {
        "snippets": SNIPPETS,
        "lang": chosen if chosen in SNIPPETS else "python",
        "address": address(request),
    }


def address(request: HttpRequest) -> str:
    """Return where apps reach this server: what the operator says, else what this browser typed."""
    return str(settings.PUBLIC_URL) or request.build_absolute_uri("/").rstrip("/")
