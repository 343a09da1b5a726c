"""Events: what became of each call."""

from __future__ import annotations

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View, parse_id
from memories.api.memories import versions_of
from memories.api.paging import paged
from memories.api.reading import PageSerializer
from memories.api.shapes import event_shape
from memories.models import Event
from memories.models.event import EventQuerySet


class EventsView(View):
    """`GET /v1/events/`."""

    def get(self, request: Request) -> Response:
        """Return a page of events, newest first."""
        page = self.read(PageSerializer, request.query_params.dict())
        answer = paged(request, self.events(), lambda event: {"event": event}, **page)
        events = [item["event"] for item in answer["results"]]
        done = versions_of(events)
        return Response({**answer, "results": [event_shape(event, done[event.pk]) for event in events]})

    def events(self) -> EventQuerySet:
        """Return the caller's events."""
        mine = Event.objects.for_principal(self.principal).in_project(self.project)
        return mine.select_related("end_user", "agent", "app", "run")


class EventView(EventsView):
    """`GET /v1/event/{id}/`."""

    def get(self, request: Request, event_id: str) -> Response:  # type: ignore[override]
        """Return one event."""
        event = self.events().filter(pk=parse_id(event_id)).first()
        if event is None:
            raise Http404(f"There is no event {event_id}.")
        return Response(event_shape(event, versions_of([event])[event.pk]))
