"""Going back: to one of a memory's versions, or to before its last change."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import PageRequest
from accounts.pages.projects import writers_only
from memories.models import Memory
from memories.pages.memories.scope import memory_in_reach
from memories.services.changes import Actor
from memories.services.revise import VersionConflict
from memories.services.undo import NoSuchVersion, restore_version, undo_last
from providers.errors import ProviderError


@require_POST
@writers_only
def memory_restore_version(request: PageRequest, memory_id: UUID, number: int) -> HttpResponse:
    """Make the memory what one of its versions was."""
    memory = memory_in_reach(request, memory_id)
    actor = Actor.of(request.principal)
    return _go_back(request, memory, lambda: restore_version(memory=memory, number=number, actor=actor))


@require_POST
@writers_only
def memory_undo(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Take back the last change of the memory, if it is still the one that the page showed."""
    memory = memory_in_reach(request, memory_id)
    if request.POST.get("version") != str(memory.version):
        return _changed(request, memory)
    return _go_back(request, memory, lambda: undo_last(memory=memory, actor=Actor.of(request.principal)))


def _go_back(request: PageRequest, memory: Memory, change: Callable[[], Memory]) -> HttpResponse:
    """Carry out `change` and say on the memory's page what came of it."""
    try:
        changed = change()
    except NoSuchVersion as error:
        raise Http404 from error
    except VersionConflict:
        return _changed(request, memory)
    except ProviderError as error:
        messages.error(request, _("Not saved, because the model that indexes memories failed: %s") % error)
    else:
        if changed.version == memory.version:
            messages.info(request, _("Nothing was changed."))
        else:
            messages.success(request, _("Saved as version %(number)s.") % {"number": changed.version})
    return redirect("memory_detail", memory_id=memory.pk)


def _changed(request: PageRequest, memory: Memory) -> HttpResponse:
    messages.warning(request, _("Somebody has just changed this memory. Look at it again before you undo that."))
    return redirect("memory_detail", memory_id=memory.pk)
