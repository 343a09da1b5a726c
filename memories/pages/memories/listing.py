"""The list: what is remembered, newest first, or what answers a query, best first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Func
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django_htmx.http import push_url, replace_url

from accounts.middleware import PageRequest
from memories.filters import compile_filter
from memories.models import Agent, App, EndUser, Run, SavedFilter
from memories.models.memory import MemoryQuerySet
from memories.pages.forms import ListForm, SaveForm, address_of
from memories.pages.memories.scope import in_reach
from memories.recall.lifecycle import further_boosts
from memories.recall.types import Hit, Signal
from memories.services.search import search
from providers.errors import ProviderError

PAGE_SIZE = 50
BEST = 50
# Enough to pick from; a name beyond them is typed.
MAX_NAMES = 200
SCOPE_MODELS = {"end_user": EndUser, "app": App, "agent": Agent, "run": Run}
# What a person calls a signal; one that isn't here goes by its own name.
SIGNALS = {
    "semantic": _("Meaning"),
    "bm25": _("Words"),
    "graph": _("Connections"),
    "context": _("Meaning nearby"),
    "window": _("Words nearby"),
    "session": _("Words of the session"),
    "person": _("Person"),
    "answer": _("Kind of answer"),
    "substance": _("Substance"),
    "time": _("Time"),
    "importance": _("Importance"),
    "freshness": _("Freshness"),
}


@require_safe
def memory_list(request: PageRequest) -> HttpResponse:
    """Show the memories that the address asks for: the whole page, or its results alone for htmx."""
    return show_list(request, ListForm(request.GET, project=request.project), SaveForm())


def show_list(request: PageRequest, form: ListForm, save_form: SaveForm) -> HttpResponse:
    """Answer with what `form` asks for, 422 if either form can't be read."""
    context: dict[str, Any] = {
        "form": form,
        "save_form": save_form,
        "query": form.query(),
        "saved": _saved(request, form.query()),
        "today": timezone.now().date(),
    }
    if not form.is_valid():
        return _answer(request, context, status=422)
    wanted = compile_filter(form.as_filter(), project=request.project)
    scope = in_reach(request).filter(wanted, state__in=form.states())
    query = form.cleaned_data["q"]
    context |= _found(request, scope, query) if query else _page(request, scope)
    return _answer(request, context, status=422 if save_form.errors else 200)


def _found(request: PageRequest, scope: MemoryQuerySet, query: str) -> dict[str, Any]:
    """Return what recall finds, in its order and with its reasons."""
    try:
        recall = search(
            principal=request.principal,
            project=request.project,
            scope=scope,
            query=query,
            limit=BEST,
            relevant_only=True,
            while_typing=bool(request.htmx),
            further=further_boosts(request.project),
        )
    except ProviderError as error:
        return {"count": 0, "failure": str(error)}
    rows = [{"memory": hit.memory, "hit": hit, "signals": _named(hit)} for hit in recall.hits]
    return {"rows": rows, "count": len(rows), "warnings": recall.warnings, "best": BEST}


def _named(hit: Hit) -> list[tuple[str, Signal]]:
    return [(str(SIGNALS.get(name, name)), signal) for name, signal in hit.signals.items()]


def _page(request: PageRequest, scope: MemoryQuerySet) -> dict[str, Any]:
    paginator = Paginator(scope.with_scope(), PAGE_SIZE)
    page = paginator.get_page(request.GET.get("page"))
    return {
        "rows": [{"memory": memory} for memory in page],
        "count": paginator.count,
        "page": page,
    }


def _answer(request: PageRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    if not context.get("rows"):
        context["nothing_yet"] = not in_reach(request).exists()
    if not request.htmx:
        person = _person(request, context["query"].get("end_user"))
        return render(request, "memories/list.html", context | _choices(request) | {"person": person}, status=status)
    response = render(request, "memories/list.html#rows", context, status=status)
    address = reverse("memory_list")
    if context["query"]:
        address += f"?{context['query'].urlencode()}"
    # Each letter typed must not become a step of the browser's "back".
    return (replace_url if request.htmx.trigger_name == "q" else push_url)(response, address)


def _person(request: PageRequest, name: str | None) -> EndUser | None:
    """Return the person whose memories are listed, if they are one person's."""
    people = EndUser.objects.for_principal(request.principal).in_project(request.project)
    return people.filter(name=name).first() if name else None


def _choices(request: PageRequest) -> dict[str, Any]:
    """Return what the project offers to filter by."""
    categories = in_reach(request).order_by().annotate(name=Func(F("categories"), function="unnest"))
    return {
        "names": {field: _names(request, model) for field, model in SCOPE_MODELS.items()},
        "categories": sorted(categories.values_list("name", flat=True).distinct()),
    }


def _saved(request: PageRequest, current: QueryDict) -> list[dict[str, Any]]:
    """Return the person's saved filters, each with its address and whether it is what the page shows."""
    mine = SavedFilter.objects.for_principal(request.principal).in_project(request.project)
    addresses = [(saved, address_of(saved)) for saved in mine]
    return [{"filter": saved, "address": query.urlencode(), "shown": query == current} for saved, query in addresses]


def _names(request: PageRequest, model: Any) -> Iterable[str]:
    named = model.objects.for_principal(request.principal).in_project(request.project)
    return list(named.values_list("name", flat=True)[:MAX_NAMES])
