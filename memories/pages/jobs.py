"""Jobs: what apps sent, what became of it, and another try for what failed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.middleware import PageRequest
from accounts.pages.preferences import next_page
from accounts.pages.projects import may_write, writers_only
from memories.models import Event, Memory, MemoryVersion, Message, ModelCall
from memories.models.event import EventQuerySet
from memories.models.memory import MemoryQuerySet
from memories.pages.attachments import attachments_in_reach
from memories.pages.privacy.words import withheld_in_words
from memories.services import ingest
from memories.services.privacy import NOTHING_KEPT

PAGE_SIZE = 50


@require_safe
def job_list(request: PageRequest) -> HttpResponse:
    """List the project's jobs, newest first; the page asks again by itself while one is unfinished."""
    status = request.GET.get("status", "")
    page = Paginator(_with_counts(_of_status(request, status)), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "status": status, "may_write": may_write(request), **_by_status(request)}
    return render(request, "jobs/list.html#jobs" if request.htmx else "jobs/list.html", context)


@require_safe
def job_detail(request: PageRequest, event_id: UUID) -> HttpResponse:
    """Show one job: its messages, its memories, what was refused, what it cost."""
    event = get_object_or_404(_jobs(request).select_related("api_key", "user"), pk=event_id)
    context = {
        "event": event,
        "messages_sent": event.messages.prefetch_related(
            Prefetch("attachments", attachments_in_reach(request).without_content())
        ),
        "withheld": withheld_in_words(event.withheld),
        "incognito": NOTHING_KEPT in event.notes,
        "memories": _memories_of(request, event),
        "calls": ModelCall.objects.for_principal(request.principal).filter(job_id=event.pk).order_by("pk"),
        "unfinished": event.status in (Event.Status.PENDING, Event.Status.RUNNING),
        "may_write": may_write(request),
    }
    return render(request, "jobs/detail.html#job" if request.htmx else "jobs/detail.html", context)


@require_POST
@writers_only
def job_retry(request: PageRequest, event_id: UUID) -> HttpResponse:
    """Have a failed job tried again."""
    event = get_object_or_404(_jobs(request), pk=event_id)
    ingest.retry(event=event)
    messages.success(request, _("The job is being tried again."))
    return redirect(next_page(request, default="job_list"))


@require_POST
@writers_only
def job_retry_all(request: PageRequest) -> HttpResponse:
    """Have every failed job of the project tried again, or those with one cause."""
    failed = _jobs(request).filter(status=Event.Status.FAILED)
    if cause := request.POST.get("error_code"):
        failed = failed.filter(error_code=cause)
    count = ingest.retry_all(failed)
    text = ngettext("%(count)s job is being tried again.", "%(count)s jobs are being tried again.", count)
    messages.success(request, text % {"count": count})
    return redirect("job_list")


def _jobs(request: PageRequest) -> EventQuerySet:
    mine = Event.objects.for_principal(request.principal).in_project(request.project)
    return mine.select_related("end_user", "agent", "app", "run")


def _of_status(request: PageRequest, status: str) -> EventQuerySet:
    """Return the jobs with this status, all for ""; a status that there isn't matches none."""
    if status and status not in Event.Status.values:
        return Event.objects.none()
    return _jobs(request).filter(status=status) if status else _jobs(request)


def _with_counts(events: EventQuerySet) -> EventQuerySet:
    """Add how many messages each job carries and how many memories it made."""
    return events.annotate(
        message_count=_count(Message.objects.filter(event=OuterRef("pk"))),
        memory_count=_count(MemoryVersion.objects.filter(event=OuterRef("pk"), change=MemoryVersion.Change.ADD)),
    )


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("event").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _by_status(request: PageRequest) -> dict[str, Any]:
    """Return the filter's tabs with their counts, and whether anything is still to come."""
    rows = _jobs(request).order_by().values_list("status").annotate(Count("pk"))
    counts: dict[str, int] = dict(rows)
    tabs = [(value, label, counts.get(value, 0)) for value, label in Event.Status.choices]
    unfinished = counts.get(Event.Status.PENDING, 0) + counts.get(Event.Status.RUNNING, 0)
    failed = counts.get(Event.Status.FAILED, 0)
    causes = (
        _jobs(request).filter(status=Event.Status.FAILED).order_by().values_list("error_code").annotate(Count("pk"))
    )
    return {
        "tabs": tabs,
        "total": sum(counts.values()),
        "unfinished": unfinished,
        "failed": failed,
        "causes": sorted(causes, key=lambda cause: -cause[1]),
    }


def _memories_of(request: PageRequest, event: Event) -> MemoryQuerySet:
    """Return the memories that the job made, and those that it found already there in the same words."""
    added = MemoryVersion.objects.filter(memory=OuterRef("pk"), event=event, change=MemoryVersion.Change.ADD)
    cited = Memory.sources.through.objects.filter(memory=OuterRef("pk"), message__event=event)
    return (
        Memory.objects.for_principal(request.principal)
        .annotate(is_new=Exists(added))
        .filter(Q(is_new=True) | Exists(cited))
        .order_by("created_at", "pk")
    )
