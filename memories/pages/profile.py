"""What is known of one person, line by line, each with the memories that say it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.authority import may_administer, require_administration
from accounts.middleware import PageRequest
from accounts.pages.projects import may_write, writers_only
from accounts.pages.settings import project_in_reach
from memories.models import EndUser, Memory, ProfileRequest
from memories.pages.memories.scope import in_reach
from memories.providers import CONSOLIDATION, get_chat
from memories.services.changes import Actor
from memories.services.profile_reading import Reading, read_profile
from memories.services.profile_requests import NotEnabled, request_profiles
from memories.services.profiles import change_settings

Line = tuple[Any, list[Memory]]


@require_safe
def profile_detail(request: PageRequest, end_user_id: UUID) -> HttpResponse:
    """Show the profile as it stands, and how far the next one is; for htmx, the profile alone."""
    person = _person(request, end_user_id)
    reading = read_profile(person)
    context = {
        "person": person,
        "reading": reading,
        "fields": _fields(request, reading),
        "unfinished": reading.status == "pending",
        "may_write": may_write(request),
        "may_switch": may_administer(request.principal, request.project),
        "has_llm": get_chat(CONSOLIDATION) is not None,
    }
    return render(request, "memories/profile.html#profile" if request.htmx else "memories/profile.html", context)


@require_POST
@writers_only
def profile_make(request: PageRequest, end_user_id: UUID) -> HttpResponse:
    """Have the profile made, from what has come since the last."""
    person = _person(request, end_user_id)
    trigger = ProfileRequest.Operation.TRIGGER
    try:
        request_profiles(
            principal=request.principal, project=request.project, operation=trigger, end_user_name=person.name
        )
    except NotEnabled:
        messages.warning(request, _("This project makes no profiles."))
    return redirect("profile_detail", person.pk)


@require_POST
def project_profiles(request: PageRequest, project_id: UUID) -> HttpResponse:
    """Have a project make profiles, or with an empty `enabled` make none; go back to the person, if one is named."""
    project = project_in_reach(request, project_id)
    require_administration(request.principal, project)
    enabled = bool(request.POST.get("enabled"))
    change_settings(project, Actor.of(request.principal), {"enabled": enabled})
    made = _("Profiles are made, within the hour and whenever somebody asks.")
    messages.success(request, made if enabled else _("No more profiles are made. Those there are stay unread."))
    people = EndUser.objects.for_principal(request.principal).in_project(project)
    person = people.filter(name=request.POST.get("end_user", "")).first()
    return redirect("profile_detail", person.pk) if person else redirect("project_settings", project.pk)


def _person(request: PageRequest, end_user_id: UUID) -> EndUser:
    people = EndUser.objects.for_principal(request.principal).in_project(request.project)
    return get_object_or_404(people.select_related("project"), pk=end_user_id)


def _fields(request: PageRequest, reading: Reading) -> list[tuple[str, list[Line]]]:
    """Return each field with its lines, and each line with its memories."""
    lines = [(field, value, ids) for field in reading.profile for value, ids in _lines(reading, field)]
    memories = in_reach(request).in_bulk({memory_id for _field, _value, ids in lines for memory_id in ids})
    found: dict[str, list[Line]] = {}
    for field, value, ids in lines:
        found.setdefault(field, []).append((value, [memories[pk] for pk in map(UUID, ids) if pk in memories]))
    return list(found.items())


def _lines(reading: Reading, field: str) -> Iterator[tuple[Any, list[str]]]:
    value, cited = reading.profile[field], reading.citations[field]
    # Of a list each item is cited by itself.
    if cited and isinstance(cited[0], list):
        yield from zip(value, cited, strict=True)
    else:
        yield value, cited
