"""What is never remembered again, and letting it be."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import PageRequest
from accounts.pages.projects import may_write, writers_only
from memories.models import Suppression
from memories.models.review import SuppressionQuerySet
from memories.services.changes import Actor
from memories.services.suppressing import lift

PAGE_SIZE = 50


@require_safe
def suppression_list(request: PageRequest) -> HttpResponse:
    """List what is never remembered again, the newest first."""
    page = Paginator(_suppressions(request), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "review/suppressions.html", {"page": page, "may_write": may_write(request)})


@require_POST
@writers_only
def suppression_lift(request: PageRequest, suppression_id: UUID) -> HttpResponse:
    """Let it be remembered again when it is next said."""
    with transaction.atomic():
        locked = _suppressions(request).select_for_update(of=("self",))
        lift(get_object_or_404(locked, pk=suppression_id), actor=Actor.of(request.principal))
    messages.success(request, _("It may be remembered again when it is next said."))
    return redirect("suppression_list")


def _suppressions(request: PageRequest) -> SuppressionQuerySet:
    mine = Suppression.objects.for_principal(request.principal).in_project(request.project)
    return mine.select_related("end_user").defer("embedding", "lexemes")
