"""Events: what became of each call."""

from __future__ import annotations

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View, parse_id
from memories.api.exceptions import Conflict
from memories.api.memories import versions_of
from memories.api.paging import paged
from memories.api.reading import EventsSerializer, RetrySerializer
from memories.api.shapes import event_shape
from memories.models import Event
from memories.models.event import EventQuerySet
from memories.services.ingest import retry, retry_all

# Of mem0's types of events, the one that is a job here; all others are done when they are answered.
KEPT = "ADD"


class EventsBase(View):
    """A view of events."""

    def events(self) -> EventQuerySet:
        """Return the caller's events."""
        mine = Event.objects.for_principal(self.principal).in_project(self.project)
        return mine.select_related("end_user", "agent", "app", "run")

    def event(self, event_id: str) -> Event:
        """Return one of them; 400 for what isn't an id, 404 for an id that isn't theirs."""
        event = self.events().filter(pk=parse_id(event_id)).first()
        if event is None:
            raise Http404(f"There is no event {event_id}.")
        return event


class EventsView(EventsBase):
    """`GET /v1/events/`."""

    def get(self, request: Request) -> Response:
        """Return a page of events, newest first."""
        given = self.read(EventsSerializer, request.query_params.dict())
        status, kind = given.pop("status", None), given.pop("event_type", KEPT)
        found = self.events().filter(status=status) if status else self.events()
        answer = paged(request, found if kind == KEPT else found.none(), lambda event: {"event": event}, **given)
        events = [item["event"] for item in answer["results"]]
        done = versions_of(events)
        return Response({**answer, "results": [event_shape(event, done[event.pk]) for event in events]})


class EventView(EventsBase):
    """`GET /v1/event/{id}/`."""

    def get(self, request: Request, event_id: str) -> Response:
        """Return one event."""
        event = self.event(event_id)
        return Response(event_shape(event, versions_of([event])[event.pk]))


class RetryView(EventsBase):
    """`POST /v1/event/{id}/retry/`."""

    repeatable = ("POST",)

    def post(self, request: Request, event_id: str) -> Response:
        """Have a failed event tried again, and return it."""
        event = self.event(event_id)
        if not retry(event=event):
            raise Conflict(f"Only failed events are tried again; this one is {event.status}.", code="not_failed")
        event.refresh_from_db()
        return Response(event_shape(event, []))


class RetryAllView(EventsBase):
    """`POST /v1/events/retry/`."""

    repeatable = ("POST",)

    def post(self, request: Request) -> Response:
        """Have failed events tried again: those that are named, those with one cause, or all."""
        given = self.read(RetrySerializer)
        events = self.events()
        if given.get("event_ids") is not None:
            events = events.filter(pk__in=given["event_ids"])
        if given.get("error_code"):
            events = events.filter(error_code=given["error_code"])
        count = retry_all(events)
        return Response({"message": "Failed events are being tried again.", "count": count})
