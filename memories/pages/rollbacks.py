"""Taking back what one job, run, app or API key wrote: looked at first, then done."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import PageRequest
from accounts.models import ApiKey, Project
from accounts.pages.projects import may_write, writers_only
from memories.models import App, Event, Rollback, Run
from memories.models.job import Job
from memories.pages.forms import IsoDateField
from memories.services.rollbacks import Source, outlooks, preview, request_rollback

PAGE_SIZE = 50
MAX_NAMES = 200
KINDS = [("app", _("App")), ("run", _("Run")), ("source_key", _("API key")), ("event", _("Job"))]


class SourceForm(forms.Form):
    """Whose writing, and from which day on."""

    kind = forms.ChoiceField(label=_("What wrote it"), choices=KINDS)
    source = forms.CharField(
        label=_("Which one"),
        help_text=_("The name of the app or run, the beginning of the key, the id of the job."),
        widget=forms.TextInput(attrs={"list": "source_names", "autocomplete": "off", "dir": "auto"}),
    )
    since = IsoDateField(label=_("Written since"), help_text=_("Days in UTC. Empty: from the beginning."))

    def __init__(self, data: QueryDict | None, *, project: Project) -> None:
        super().__init__(data)
        self.project = project

    def clean(self) -> dict[str, Any]:
        """Find the source."""
        kind, name = self.cleaned_data.get("kind"), self.cleaned_data.get("source", "")
        if kind and name:
            row = _find(self.project, kind, name)
            if row is None:
                self.add_error("source", _("There is none of this name in this project."))
            self.cleaned_data["row"] = row
        return self.cleaned_data

    def chosen(self) -> Source:
        """Return what was chosen."""
        day = self.cleaned_data["since"]
        since = datetime.combine(day, time.min, UTC) if day else None
        return Source(self.cleaned_data["kind"], self.cleaned_data["row"], since)


class RollbackForm(SourceForm):
    """What is taken back, and whether others' later work goes along."""

    include_conflicts = forms.BooleanField(
        label=_("Also what somebody else has changed since or said, too: that goes along"), required=False
    )
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=500, help_text=_("Shown in each memory’s history.")
    )


@require_safe
def rollback_list(request: PageRequest) -> HttpResponse:
    """Offer a source to choose, show what rolling it back would change, and list earlier rollbacks."""
    asked = "source" in request.GET
    form = RollbackForm(request.GET if asked else None, project=request.project)
    context: dict[str, Any] = {
        "form": form,
        "names": _names(request),
        "rollbacks": _rollbacks(request)[:PAGE_SIZE],
        "may_write": may_write(request),
    }
    if asked and form.is_valid():
        look = preview(project=request.project, source=form.chosen())
        page = Paginator(look.memories.with_scope(), PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"look": look, "page": page, "rows": outlooks(page.object_list)}
    return render(request, "rollbacks/list.html", context, status=422 if form.errors else 200)


@require_POST
@writers_only
def rollback_create(request: PageRequest) -> HttpResponse:
    """Roll back, and show how far that is."""
    form = RollbackForm(request.POST, project=request.project)
    if not form.is_valid():
        context = {"form": form, "names": _names(request), "rollbacks": _rollbacks(request), "may_write": True}
        return render(request, "rollbacks/list.html", context, status=422)
    job = request_rollback(
        principal=request.principal,
        project=request.project,
        source=form.chosen(),
        include_conflicts=form.cleaned_data["include_conflicts"],
        reason=form.cleaned_data["reason"],
    )
    return redirect("rollback_detail", rollback_id=job.pk)


@require_safe
def rollback_detail(request: PageRequest, rollback_id: UUID) -> HttpResponse:
    """Show how far a rollback is; the page asks again by itself while it is unfinished."""
    job = get_object_or_404(_rollbacks(request), pk=rollback_id)
    unfinished = job.status in (Job.Status.PENDING, Job.Status.RUNNING)
    kind, row = job.source
    context = {"job": job, "kind": dict(KINDS)[kind], "row": row, "kind_name": kind, "unfinished": unfinished}
    return render(request, "rollbacks/detail.html#job" if request.htmx else "rollbacks/detail.html", context)


def _rollbacks(request: PageRequest) -> Any:
    mine = Rollback.objects.for_principal(request.principal).in_project(request.project)
    return mine.select_related(*Rollback.LOOK_UPS)


def _names(request: PageRequest) -> list[str]:
    """Return what there is to choose from."""
    names: list[str] = []
    models: list[Any] = [App, Run]
    for model in models:
        rows = model.objects.for_principal(request.principal).in_project(request.project).order_by("name")
        names += rows.values_list("name", flat=True)[:MAX_NAMES]
    keys = ApiKey.objects.for_principal(request.principal).filter(project=request.project)
    return names + [key.prefix for key in keys]


def _find(project: Project, kind: str, name: str) -> Any:
    if kind == "source_key":
        return ApiKey.objects.filter(project=project, prefix=name.rstrip("…")).first()
    if kind == "event":
        try:
            return Event.objects.in_project(project).filter(pk=UUID(name)).first()
        except ValueError:
            return None
    named: Any = App if kind == "app" else Run
    return named.objects.in_project(project).filter(name=name).first()
