"""Adding, listing, searching and deleting memories, as v3 has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.prepared import Prepared
from memories.api.base import View, no_memory
from memories.api.listing import Listing, is_listable
from memories.api.narrowing import narrowed
from memories.api.paging import Rows, paged
from memories.api.reading import ListSerializer, PageSerializer, SearchSerializer
from memories.api.serializers import AddSerializer, conversation_of, warnings_of
from memories.api.shapes import MemoryRow, added_shape, explanation_shape, hit_shape, memory_shape, only
from memories.filters import names_run
from memories.lifecycle import lifecycle_of
from memories.models import Event, Memory, MemoryVersion
from memories.models.job import OUT_OF_BUDGET
from memories.models.memory import MemoryQuerySet
from memories.providers import asks_elsewhere
from memories.recall.lifecycle import further_boosts
from memories.recall.scope import Scope
from memories.recall.types import Boost, Recall
from memories.services.absence import Asked
from memories.services.at_once import expecting
from memories.services.explaining import Explanation, explain_found
from memories.services.record import record
from memories.services.search import search

QUEUED = "Memory processing has been queued for background execution"
STORED = "Memories stored successfully"


class AddView(View):
    """`POST /v3/memories/add/`."""

    repeatable = ("POST",)
    confirming = ("POST",)
    serializer: type[AddSerializer] = AddSerializer

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the call; those that are about to store something wait a moment for it, to do it together."""
        if request.method != "POST":
            return super().dispatch(request, *args, **kwargs)
        with expecting():
            return super().dispatch(request, *args, **kwargs)

    def post(self, request: Request) -> Response:
        """Store a conversation and answer with its event, at once.

        With infer=false or async_mode=false the answer waits for the memories and holds them.
        """
        event, warnings = self.add()
        answer: dict[str, Any] = {"message": outcome(event), "status": event.status, "event_id": str(event.pk)}
        if event.status == Event.Status.SUCCEEDED:
            answer["results"] = [added_shape(version) for version in written_by(event)]
        return Response(with_warnings(answer, warnings))

    def add(self) -> tuple[Event, list[str]]:
        """Store what the body says; return the event, and in words what of the call has no effect."""
        given = self.read(self.serializer)
        conversation = conversation_of(given, import_key=self.import_key)
        limit = self.principal.end_user_name
        if limit and conversation.entities.get("user_id") != limit:
            raise exceptions.PermissionDenied(f"This API key is limited to the end user {limit!r}.")
        self.check_layer(given.get("layer"))
        event = record(principal=self.principal, project=self.project, conversation=conversation)
        waits = [event.error] if event.error_code == OUT_OF_BUDGET else []
        return event, [*warnings_of(given), *event.notes, *waits]


def outcome(event: Event) -> str:
    """Return in words how far an event has come."""
    if event.status == Event.Status.FAILED:
        return event.error
    return STORED if event.status == Event.Status.SUCCEEDED else QUEUED


class ListView(View):
    """`POST /v3/memories/`."""

    scopes = {"POST": "read"}
    confirming = ("POST",)

    def post(self, request: Request) -> Response:
        """Return a page of the memories that match, newest first."""
        given = self.read(ListSerializer)
        asked = {**dict(request.data), **request.query_params.dict()}
        page = self.read(PageSerializer, {"page_size": given["limit"], **asked} if "limit" in given else asked)
        return Response(paged(request, self.listed(given), lambda m: only(memory_shape(m), given["fields"]), **page))

    def listed(self, given: dict[str, Any]) -> Rows[Memory | MemoryRow]:
        """Return the memories that a validated call means."""
        if is_listable(given):
            return Listing(self.principal, given)
        return narrowed(self.memories(), given, self.project).with_scope()


class SearchView(View):
    """`POST /v3/memories/search/`."""

    scopes = {"POST": "read"}
    confirming = ("POST",)

    def post(self, request: Request) -> Response:
        """Return the memories that answer a query, best first, with their scores."""
        given = self.read(SearchSerializer)
        recall, warnings = self.recalled(given)
        answer: dict[str, Any] = {"results": hits(recall, given)}
        if given["explain"]:
            answer["explanation"] = explanation_shape(
                recall, self.explained(given, recall) if given["expected"] else []
            )
        return Response(with_warnings(answer, warnings))

    def explained(self, given: dict[str, Any], found: Recall) -> list[Explanation]:
        """Return what became of the memories that the call expected; 404 for one that isn't the caller's."""
        mine = Memory.objects.for_principal(self.principal).in_project(self.project)
        expected = mine.filter(pk__in=given["expected"])
        if missing := set(given["expected"]) - set(expected.values_list("pk", flat=True)):
            raise no_memory(", ".join(sorted(map(str, missing))))
        asked: dict[str, Any] = {name: given.get(name) for name in ("filters", "as_of", "latest_only", "show_expired")}
        return explain_found(
            expected=expected,
            why_not=Asked(project=self.project, day=given.get("reference_date"), **asked).why_not,
            scope=self.scope(given),
            found=found,
            limit=given["top_k"],
            threshold=given["threshold"] or 0.0,
            by_words=given["keyword_search"] is not False,
            today=given.get("reference_date"),
            further=self.further(given),
            embedder=self.project.embedder,
        )

    def combines_layers(self, given: dict[str, Any]) -> bool:
        """Tell whether the search is in a run with all layers: by the call's own word, else by the project's."""
        if given["combine_layers"] is not None:
            return bool(given["combine_layers"])
        return lifecycle_of(self.project).combine_layers and names_run(given["filters"])

    def further(self, given: dict[str, Any]) -> list[Boost]:
        """Return what ranks higher in this search besides what the settings list."""
        return further_boosts(self.project, layers_combined=given["combine_layers"])

    def scope(self, given: dict[str, Any]) -> MemoryQuerySet | Scope:
        """Return the memories that a validated call means."""
        if is_listable(given):
            return Listing(self.principal, given).scope()
        return narrowed(self.memories(), given, self.project)

    def recalled(self, given: dict[str, Any]) -> tuple[Recall, list[str]]:
        """Return what a validated call finds, and in words what it could not consult."""
        if asks_elsewhere(self.project):
            self.principal.confirm()  # once, and not again after the models have answered
        given["combine_layers"] = self.combines_layers(given)
        recall = search(
            principal=self.principal,
            project=self.project,
            scope=self.scope(given),
            query=given["query"],
            limit=given["top_k"],
            threshold=given["threshold"] or 0.0,
            by_words=given["keyword_search"] is not False,
            relevant_only=given["filter_memories"],
            today=given.get("reference_date"),
            further=self.further(given),
            rerank=given["rerank"],
            rewrite=given["rewrite"],
        )
        return recall, recall.warnings


def hits(recall: Recall, given: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what was found, of each what the call asks for."""
    return [only(hit_shape(hit), given["fields"]) for hit in recall.hits]


def with_warnings(answer: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
    """Add `warnings` to an answer if there are any."""
    return {**answer, "warnings": warnings} if warnings else answer


def written_by(event: Event) -> Sequence[MemoryVersion]:
    """Return what an event did, in order."""
    return _WRITTEN(event=event.pk) if event.written is None else event.written


_WRITTEN = Prepared(
    lambda event: MemoryVersion.objects.filter(event=event).select_related("memory__end_user").order_by("id"),
    {"event": UUID},
)


def versions_of(events: list[Event]) -> dict[Any, list[MemoryVersion]]:
    """Return what each event did, in one query."""
    done: dict[Any, list[MemoryVersion]] = {event.pk: [] for event in events}
    for version in MemoryVersion.objects.filter(event__in=events).select_related("memory__end_user").order_by("id"):
        done[version.event_id].append(version)
    return done
