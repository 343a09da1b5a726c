"""The inbox: what awaits review, and each decision on it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import PageRequest
from accounts.pages.projects import may_write, writers_only
from memories.models import Memory
from memories.pages.memories.provenance import provenance
from memories.pages.memories.scope import in_reach, memory_in_reach
from memories.services.changes import Actor
from memories.services.conflicts import open_conflicts
from memories.services.review import CannotDecide, Decision, Verdict, decide, similar
from memories.services.revise import Immutable
from providers.errors import ProviderError

PAGE_SIZE = 25
# What can be decided on many at once.
AT_ONCE = (Verdict.APPROVE, Verdict.REJECT, Verdict.SUPPRESS)


class DecisionForm(forms.Form):
    """A decision on one memory, with the words it shall have."""

    verdict = forms.ChoiceField(choices=Verdict.choices)
    text = forms.CharField(
        label=gettext_lazy("Text"), required=False, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )
    other = forms.UUIDField(required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("Shown in the memory’s history."),
    )

    def clean_text(self) -> str:
        """Undo the line ends of HTTP."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")


@require_safe
def review_list(request: PageRequest) -> HttpResponse:
    """List what awaits review, the oldest first: they have waited longest."""
    return _inbox(request)


@require_safe
def review_detail(request: PageRequest, memory_id: UUID) -> HttpResponse:
    """Show one memory with what it rests on, what is nearest to it, and every decision there is."""
    return _one(request, memory_in_reach(request, memory_id), None)


@require_POST
@writers_only
def review_decide(request: PageRequest) -> HttpResponse:
    """Decide on one memory in full, or on several at once."""
    if "memory_id" in request.POST:
        return _decide_one(request)
    verdict, ids = _several(request.POST)
    memories = list(in_reach(request).filter(pk__in=ids))
    if verdict not in AT_ONCE or len(memories) < len(ids):
        raise Http404
    # Who was faster has decided; the rest is done all the same.
    waiting = [memory for memory in memories if memory.state == Memory.State.PENDING]
    if trouble := _decide(request, [Decision(memory, verdict) for memory in waiting], ""):
        messages.error(request, trouble)
    else:
        text = ngettext("Decided on %(count)s memory.", "Decided on %(count)s memories.", len(waiting))
        messages.success(request, text % {"count": len(waiting)})
    return _inbox(request) if request.htmx else redirect("review_list")


def _several(sent: QueryDict) -> tuple[str, set[UUID]]:
    """Return the verdict and the memories of a form that was sent by one row's button or by those for all."""
    if one := sent.get("one"):
        verdict, _colon, memory_id = one.partition(":")
        given = [memory_id]
    else:
        verdict, given = sent.get("verdict", ""), sent.getlist("memory")
    try:
        return verdict, {UUID(text) for text in given}
    except ValueError as error:
        raise Http404 from error


def _decide_one(request: PageRequest) -> HttpResponse:
    form = DecisionForm(request.POST)
    try:
        memory = memory_in_reach(request, UUID(request.POST["memory_id"]))
    except ValueError as error:
        raise Http404 from error
    if not form.is_valid():
        return _one(request, memory, form, status=422)
    chosen = form.cleaned_data
    other = in_reach(request).filter(pk=chosen["other"]).first() if chosen["other"] else None
    edits = chosen["verdict"] in (Verdict.APPROVE, Verdict.SUPERSEDE)
    decision = Decision(memory, chosen["verdict"], chosen["text"] if edits else "", other)
    if trouble := _decide(request, [decision], chosen["reason"]):
        form.add_error(None, trouble)
        return _one(request, memory, form, status=422)
    messages.success(request, _("Decided."))
    return redirect("review_list")


def _decide(request: PageRequest, decisions: list[Decision], reason: str) -> str:
    """Carry out the decisions; return what prevented it, or ""."""
    try:
        decide(decisions=decisions, actor=Actor.of(request.principal), reason=reason)
    except CannotDecide:
        return _("This can’t be decided like that: it was decided already, or the other memory has changed.")
    except Immutable:
        return _("This memory was added as immutable: its words stay as they are.")
    except ProviderError as error:
        return _("Not saved, because the model that indexes memories failed: %s") % error
    return ""


def _inbox(request: PageRequest) -> HttpResponse:
    waiting = in_reach(request).pending().with_scope().order_by("created_at", "pk")
    context = {
        "conflicts": open_conflicts(principal=request.principal, project=request.project)[:PAGE_SIZE],
        "page": Paginator(waiting, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_write": may_write(request),
        "filters": QueryDict(),
        "today": timezone.now().date(),
    }
    return render(request, "review/list.html#inbox" if request.htmx else "review/list.html", context)


def _one(request: PageRequest, memory: Memory, form: DecisionForm | None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "memory": memory,
        "waits": memory.state == Memory.State.PENDING,
        "form": form or DecisionForm(initial={"text": memory.text}),
        "similar": similar(memory, in_reach(request)),
        "provenance": provenance(memory, request.principal, [memory.text]),
        "may_write": may_write(request),
        "filters": QueryDict(),
        "today": timezone.now().date(),
    }
    return render(request, "review/detail.html", context, status=status)
