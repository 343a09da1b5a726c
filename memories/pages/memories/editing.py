"""Correcting a memory, also when somebody else does so at the same time."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.middleware import PageRequest
from accounts.pages.projects import writers_only
from memories.models import Memory, MemoryVersion
from memories.pages.forms import MemoryForm
from memories.pages.memories.history import Draft, compare
from memories.pages.memories.scope import memory_in_reach
from memories.pages.privacy.words import KINDS
from memories.services.changes import Actor
from memories.services.privacy import PrivacyRefused
from memories.services.revise import Immutable, VersionConflict, revise
from providers.errors import ProviderError


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only
def memory_edit(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Show the form, or apply it."""
    memory = memory_in_reach(request, memory_id)
    if memory.state == Memory.State.DELETED:
        return _in_trash(request, memory)
    form = MemoryForm(request.POST) if request.method == "POST" else MemoryForm.of(memory)
    if not form.is_bound:
        return _show(request, memory, form, 200)
    return _save(request, memory, form) if form.is_valid() else _show(request, memory, form, 422)


def _save(request: PageRequest, memory: Memory, form: MemoryForm) -> HttpResponse:
    """Apply a valid form; whatever prevents it is shown on the form, which keeps what was written."""
    version: int = form.cleaned_data["version"]
    try:
        revised = revise(
            memory=memory,
            revision=form.revision(memory),
            actor=Actor.of(request.principal),
            expected_version=version,
            reason=form.cleaned_data["reason"],
        )
    except VersionConflict as conflict:
        return _merge(request, conflict.current, form)
    except Immutable:
        return _in_trash(request, memory)
    except PrivacyRefused as refusal:
        kinds = ", ".join(str(KINDS[kind]) for kind in refusal.kinds)
        form.add_error("text", _("Not saved: this project refuses to keep this (%s).") % kinds)
        return _show(request, memory, form, 422)
    except ProviderError as error:
        form.add_error(None, _("Not saved, because the model that indexes memories failed: %s") % error)
        return _show(request, memory, form, 503)
    if revised.version == version:
        messages.info(request, _("Nothing was changed."))
    else:
        messages.success(request, _("Saved as version %(number)s.") % {"number": revised.version})
    return redirect("memory_detail", memory_id=memory.pk)


def _show(request: PageRequest, memory: Memory, form: MemoryForm, status: int) -> HttpResponse:
    return render(request, "memories/edit.html", {"memory": memory, "form": form}, status=status)


def _in_trash(request: PageRequest, memory: Memory) -> HttpResponse:
    messages.warning(request, _("This memory is in the trash. Restore it before you change it."))
    return redirect("memory_detail", memory_id=memory.pk)


def _merge(request: PageRequest, current: Memory, form: MemoryForm) -> HttpResponse:
    """Show both changes against what they started from, with a draft that holds both where that is possible."""
    base = current.versions.filter(number=form.cleaned_data["version"]).first()
    start = base or current
    yours = Draft(
        text=form.cleaned_data["text"],
        categories=form.cleaned_data["categories"],
        expiration_date=form.cleaned_data["expiration_date"],
        metadata=start.metadata,
        state=start.state,
        layer=start.layer,
        pinned=start.pinned,
    )
    context = {
        "memory": current,
        "form": _merged(current, start, yours, form.cleaned_data["reason"]),
        "base": base,
        "latest": current.versions.first(),
        "theirs": compare(start, current),
        "yours": compare(start, yours),
        "yours_text": yours.text,
    }
    return render(request, "memories/merge.html", context, status=409)


def _merged(current: Memory, start: Memory | MemoryVersion, yours: Draft, reason: str) -> MemoryForm:
    """Return a form on the current version that holds your changes.

    What you left as it was has the other's value: saving must not undo what you never saw.
    """
    form = MemoryForm.of(current)
    form.initial["reason"] = reason
    if yours.text != start.text:
        form.initial["text"] = yours.text
    if yours.categories != start.categories:
        form.initial["categories"] = ", ".join(yours.categories)
    if yours.expiration_date != start.expiration_date:
        form.initial["expiration_date"] = yours.expiration_date
    return form
