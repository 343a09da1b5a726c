"""Which project the person works in, and whether they may change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import SESSION_KEY, PageRequest
from accounts.models import Project
from accounts.pages.preferences import next_page

P = ParamSpec("P")
View = Callable[Concatenate[PageRequest, P], HttpResponse]


@require_POST
def project_select(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Work in another project from now on."""
    project = get_object_or_404(Project.objects.for_principal(request.principal), pk=project_id)
    request.session[SESSION_KEY] = str(project.pk)
    return HttpResponseRedirect(next_page(request))


def may_write(request: PageRequest) -> bool:
    """Tell whether the person may change what is in the project they work in."""
    return Project.objects.writable_by(request.principal).filter(pk=request.project.pk).exists()


def writers_only(view: View[P]) -> View[P]:
    """Answer those who may only read the current project with 403 and the reason."""

    @wraps(view)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if may_write(request):
            return view(request, *args, **kwargs)
        reason = _("You are an auditor in this project: you can read everything and change nothing.")
        return render(request, "403.html", {"reason": reason}, status=403)

    return guarded
