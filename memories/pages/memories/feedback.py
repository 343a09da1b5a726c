"""Saying whether a memory is right."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.middleware import PageRequest
from accounts.pages.projects import writers_only
from memories.models import Feedback, Memory
from memories.pages.memories.detail import feedback_context
from memories.pages.memories.scope import memory_in_reach
from memories.services.feedback import give_feedback


@require_POST
@writers_only
def memory_feedback(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Store the person's opinion; an empty one takes it back."""
    memory = memory_in_reach(request, memory_id)
    value = request.POST.get("value") or None
    if memory.state == Memory.State.DELETED or value not in (None, *Feedback.Value.values):
        raise Http404
    give_feedback(memory=memory, principal=request.principal, value=value)
    if request.htmx:
        context = {"memory": memory, "may_write": True, **feedback_context(request, memory)}
        return render(request, "memories/feedback.html", context)
    return redirect("memory_detail", memory_id=memory.pk)
