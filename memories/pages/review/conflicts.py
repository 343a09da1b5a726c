"""Memories that seem to be at odds, in the inbox: does the newer one take the older one's place, or do both hold?"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import PageRequest
from accounts.pages.projects import writers_only
from memories.models import Conflict
from memories.services.changes import Actor
from memories.services.conflicts import Settled, decide


@require_POST
@writers_only
def review_conflict(request: PageRequest, conflict_id: UUID) -> HttpResponse:
    """Carry out what the person has decided."""
    mine = Conflict.objects.for_principal(request.principal).in_project(request.project)
    conflict = get_object_or_404(mine, pk=conflict_id)
    decision = request.POST.get("decision")
    if decision not in Conflict.Decision.values:
        raise Http404
    try:
        decide(conflict=conflict, decision=Conflict.Decision(decision), actor=Actor.of(request.principal))
    except Settled:
        messages.info(request, _("This has been decided already, or one of the memories doesn’t stand any more."))
    else:
        messages.success(request, _("Decided."))
    return redirect("review_list")
