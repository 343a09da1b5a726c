"""Out of the trash for good, and everything about a person: each with a look at what goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.authority import require_administration
from accounts.middleware import PageRequest
from accounts.pages.projects import writers_only
from memories.models import EndUser, Memory
from memories.pages.memories.scope import in_reach, memory_in_reach
from memories.services.changes import Actor
from memories.services.erasure.certificates import NotErased
from memories.services.erasure.previews import Preview, preview_erasure, preview_purge
from memories.services.erasure.stores import titles
from memories.services.forgetting import erase_entity, purge


class ErasureForm(forms.Form):
    """The person's name, typed by hand, so that nobody is erased by a slip."""

    typed = forms.CharField(
        label=_("Type the end user’s name to erase everything about them"),
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "dir": "auto"}),
    )

    def __init__(self, person: EndUser, data: Any = None) -> None:
        super().__init__(data)
        self.person = person

    def clean_typed(self) -> str:
        """Compare, but for spaces around, which nobody sees."""
        typed: str = self.cleaned_data["typed"]
        if typed.strip() != self.person.name.strip():
            raise forms.ValidationError(_("This is not the end user’s name. Nothing was erased."))
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def memory_purge(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Show what goes with a memory for good, or let it go."""
    memory = memory_in_reach(request, memory_id)
    chosen = in_reach(request).filter(pk=memory.pk)
    if request.method == "POST":
        return _purge(request, memory)
    context = {"memory": memory, **shown(preview_purge(chosen))}
    return render(request, "privacy/purge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def person_erase(request: PageRequest, end_user_id: UUID) -> HttpResponse:
    """Show everything that would go with an end user, and erase it once their name is typed."""
    people = EndUser.objects.for_principal(request.principal).in_project(request.project)
    person = get_object_or_404(people, pk=end_user_id)
    require_administration(request.principal, request.project)
    form = ErasureForm(person, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _erase(request, person)
    context = {"person": person, "form": form, **shown(preview_erasure(person))}
    return render(request, "privacy/erase.html", context, status=422 if form.is_bound else 200)


def _purge(request: PageRequest, memory: Memory) -> HttpResponse:
    try:
        purge(memories=in_reach(request).filter(pk=memory.pk), actor=Actor.of(request.principal))
    except NotErased as error:
        messages.error(request, _not_erased(error))
        return redirect("memory_purge", memory.pk)
    messages.success(request, gettext("The memory is gone from every table."))
    return redirect("memory_list")


def _erase(request: PageRequest, person: EndUser) -> HttpResponse:
    try:
        certificate = erase_entity(entity=person, actor=Actor.of(request.principal))
    except NotErased as error:
        messages.error(request, _not_erased(error))
        return redirect("person_erase", person.pk)
    messages.success(request, gettext("Everything is erased, and every store has confirmed it."))
    return redirect("erasure_detail", certificate.pk)


def _not_erased(error: NotErased) -> str:
    left = ", ".join(f"{titles()[label]}: {count}" for label, count in error.left.items())
    return gettext("Nothing was erased, because not everything could be (%s). Try again.") % left


def shown(preview: Preview) -> dict[str, Any]:
    """Return a preview as the pages show it."""
    names = titles()
    return {"goes": [(names[label], count) for label, count in preview.counts.items()], "shared": preview.shared}
