"""Into the trash, with a look at what goes, and out of it again."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.middleware import PageRequest
from accounts.pages.projects import writers_only
from memories.models import Memory
from memories.pages.memories.scope import in_reach, memory_in_reach
from memories.services.changes import Actor
from memories.services.forgetting import forget, restore
from memories.services.review import CannotDecide, Decision, Verdict, decide
from providers.errors import ProviderError


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def memory_delete(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Show what goes, or move it to the trash."""
    memory = memory_in_reach(request, memory_id)
    if memory.state == Memory.State.DELETED:
        messages.info(request, _("This memory is in the trash already."))
        return redirect("memory_detail", memory_id=memory.pk)
    if request.method != "POST":
        context = {
            "memory": memory,
            "days": settings.TRASH_DAYS,
            "filters": QueryDict(),
            "today": timezone.now().date(),
        }
        return render(request, "memories/delete.html", context)
    actor = Actor.of(request.principal)
    if "never" in request.POST:
        return _suppress(request, memory, actor)
    forget(memories=in_reach(request).filter(pk=memory.pk), actor=actor)
    undo = f"undo:{reverse('memory_restore', args=[memory.pk])}"
    messages.success(request, _("The memory is in the trash."), extra_tags=undo)
    return redirect("memory_list")


def _suppress(request: PageRequest, memory: Memory, actor: Actor) -> HttpResponse:
    """Move the memory to the trash and have nothing like it remembered again."""
    try:
        decide(decisions=[Decision(memory, Verdict.SUPPRESS)], actor=actor)
    except (CannotDecide, ProviderError) as error:
        messages.error(request, _("Not deleted: %s") % error)
        return redirect("memory_detail", memory_id=memory.pk)
    messages.success(request, _("The memory is in the trash, and nothing that says the same is remembered again."))
    return redirect("suppression_list")


@require_POST
@writers_only
def memory_restore(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Bring the memory back from the trash, or from among the archived."""
    memory = memory_in_reach(request, memory_id)
    if restore(memories=in_reach(request).filter(pk=memory.pk), actor=Actor.of(request.principal)):
        messages.success(request, _("The memory is back."))
    else:
        messages.info(request, _("This memory is where it was: neither in the trash nor archived."))
    return redirect("memory_detail", memory_id=memory.pk)
