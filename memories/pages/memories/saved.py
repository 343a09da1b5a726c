"""Searches kept under a name: each person has their own in each project."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.middleware import PageRequest
from memories.models import SavedFilter
from memories.pages.forms import ListForm, SaveForm, address_of
from memories.pages.memories.listing import show_list
from memories.services.saved_filters import save_filter


@require_POST
def saved_filter_create(request: PageRequest) -> HttpResponse:
    """Keep what the list shows; an auditor may too, since it changes nothing of the project's."""
    form, save_form = ListForm(request.POST, project=request.project), SaveForm(request.POST)
    if not (form.is_valid() and save_form.is_valid()):
        return show_list(request, form, save_form)
    saved, is_new = save_filter(
        user=request.user,
        project=request.project,
        name=save_form.cleaned_data["name"],
        query=form.cleaned_data["q"],
        filters=form.as_filter(),
        state=form.cleaned_data["state"],
    )
    said = _("Saved as “%(name)s”.") if is_new else _("“%(name)s” is replaced by this search.")
    messages.success(request, said % {"name": saved.name})
    return HttpResponseRedirect(f"{reverse('memory_list')}?{address_of(saved).urlencode()}")


@require_POST
def saved_filter_delete(request: PageRequest, filter_id: UUID) -> HttpResponse:
    """Remove a saved filter; the memories that it found stay."""
    mine = SavedFilter.objects.for_principal(request.principal).in_project(request.project)
    saved = get_object_or_404(mine, pk=filter_id)
    saved.delete()
    messages.success(request, _("The saved filter “%(name)s” is deleted.") % {"name": saved.name})
    return redirect("memory_list")
