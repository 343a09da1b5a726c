"""One memory: what it says, why it is remembered, how it came to say it, who read it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.middleware import PageRequest
from accounts.pages.projects import may_write
from memories.models import AccessLog, Feedback, Memory, MemoryVersion
from memories.pages.life_form import LifeForm
from memories.pages.memories.history import readable, steps
from memories.pages.memories.provenance import provenance
from memories.pages.memories.scope import memory_in_reach, purge_time
from memories.pages.memories.warmth import life_of

MAX_READS = 10
MAX_VERSIONS = 20


@require_safe
def memory_detail(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Show everything that is known about one memory."""
    return show_memory(request, memory_in_reach(request, memory_id))


def show_memory(
    request: PageRequest, memory: Memory, *, life_form: LifeForm | None = None, status: int = 200
) -> HttpResponse:
    """Answer with the page of a memory; `life_form` is one that can't be carried out."""
    history = _history(request, memory)
    now = timezone.now()
    wordings = [memory.text, *(step.version.text for step in history["steps"])]
    context = {
        "memory": memory,
        "may_write": may_write(request),
        "purge_time": purge_time(memory),
        "today": now.date(),
        "life": life_of(memory, now),
        "life_form": life_form or LifeForm.of(memory),
        "metadata": readable(memory.metadata),
        "provenance": provenance(memory, request.principal, wordings),
        "filters": QueryDict(),
    }
    return render(
        request,
        "memories/detail.html",
        context | history | _reads(request, memory) | feedback_context(request, memory),
        status=status,
    )


def _history(request: PageRequest, memory: Memory) -> dict[str, Any]:
    versions = MemoryVersion.objects.for_principal(request.principal).filter(memory=memory)
    if "versions" not in request.GET:
        versions = versions[: MAX_VERSIONS + 1]
    found = list(versions)
    more = "versions" not in request.GET and len(found) > MAX_VERSIONS
    return {"steps": steps(found, more=more), "older_versions": found[-1].number if more else 0}


def _reads(request: PageRequest, memory: Memory) -> dict[str, Any]:
    log = AccessLog.objects.for_principal(request.principal).in_project(request.project)
    reads = log.filter(memory_ids__contains=[memory.pk])
    return {"reads": reads[:MAX_READS], "read_count": reads.count()}


def feedback_context(request: PageRequest, memory: Memory) -> dict[str, Any]:
    """Return who thinks what of the memory, and what the person may say."""
    opinions = list(Feedback.objects.for_principal(request.principal).filter(memory=memory))
    mine = next((opinion for opinion in opinions if opinion.user_id == request.user.pk), None)
    return {"opinions": opinions, "my_opinion": mine, "opinion_choices": Feedback.Value.choices[:2]}
