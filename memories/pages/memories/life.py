"""How a memory is kept: pinned, of which layer, and until which day."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from accounts.middleware import PageRequest
from accounts.pages.projects import writers_only
from memories.models import Memory
from memories.pages.life_form import LifeForm
from memories.pages.memories.detail import show_memory
from memories.pages.memories.scope import memory_in_reach
from memories.services.changes import Actor
from memories.services.revise import Immutable, Revision, revise


@require_POST
@writers_only
def memory_pin(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Pin the memory, or with an empty `pinned` let it go."""
    memory = memory_in_reach(request, memory_id)
    pinned = bool(request.POST.get("pinned"))
    return _revise(request, memory, Revision(pinned=pinned))


@require_POST
@writers_only
def memory_life(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Set the layer and the last day."""
    memory = memory_in_reach(request, memory_id)
    form = LifeForm(request.POST)
    if not form.is_valid():
        return show_memory(request, memory, life_form=form, status=422)
    return _revise(request, memory, form.revision(memory))


def _revise(request: PageRequest, memory: Memory, revision: Revision) -> HttpResponse:
    """Change the memory and say on its page what came of it."""
    try:
        revised = revise(memory=memory, revision=revision, actor=Actor.of(request.principal))
    except Immutable:
        messages.warning(request, gettext("Not saved: this memory is in the trash, or its app wants it unchanged."))
    else:
        if revised.version == memory.version:
            messages.info(request, gettext("Nothing was changed."))
        else:
            messages.success(request, gettext("Saved as version %(number)s.") % {"number": revised.version})
    return redirect("memory_detail", memory_id=memory.pk)
