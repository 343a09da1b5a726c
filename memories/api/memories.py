"""Adding, listing, searching and deleting memories."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import Q
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Project
from memories.api.base import View
from memories.api.paging import paged
from memories.api.serializers import (
    ENTITY_KEYS,
    AddSerializer,
    ListSerializer,
    PageSerializer,
    SearchSerializer,
)
from memories.api.shapes import added_shape, hit_shape, memory_shape
from memories.filters import compile_filter, says_whose
from memories.models import Event, MemoryVersion
from memories.models.memory import MemoryQuerySet
from memories.services.forgetting import forget
from memories.services.record import record
from memories.services.search import search


class AddView(View):
    """`POST /v3/memories/add/`."""

    repeatable = True

    def post(self, request: Request) -> Response:
        """Store a conversation and answer with its event, at once; with infer=false, with its memories."""
        given = AddSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        conversation = replace(given.conversation(), import_key=self.import_key)
        limit = self.principal.end_user_name
        if limit and conversation.entities.get("user_id") != limit:
            raise exceptions.PermissionDenied(f"This API key is limited to the end user {limit!r}.")
        event = record(principal=self.principal, project=self.project, conversation=conversation)
        return Response(_receipt(event))


def _receipt(event: Event) -> dict[str, Any]:
    if event.status != Event.Status.SUCCEEDED:
        message = "Memory processing has been queued for background execution"
        return {"message": message, "status": event.status, "event_id": str(event.pk)}
    versions = event.versions.select_related("memory__end_user").order_by("id")
    return {
        "message": "Memories stored successfully",
        "status": event.status,
        "event_id": str(event.pk),
        "results": [added_shape(version) for version in versions],
    }


class MemoriesView(View):
    """`DELETE /v1/memories/`."""

    scopes = {"DELETE": "write"}

    def delete(self, request: Request) -> Response:
        """Delete what matches the ids in the query, of which there must be one; `*` stands for any."""
        wanted = {key: value for key in ENTITY_KEYS if (value := request.query_params.get(key))}
        if not wanted or "filters" in request.query_params:
            raise exceptions.ValidationError(
                "Say whose memories to delete: give user_id, agent_id, app_id or run_id as query parameters. "
                "Nothing was deleted."
            )
        forgotten = forget(
            memories=self.memories().filter(compile_filter(wanted, project=self.project)), actor=self.actor
        )
        return Response({"message": "Memories deleted successfully!", "count": forgotten})


class ListView(View):
    """`POST /v3/memories/`."""

    scopes = {"POST": "read"}

    def post(self, request: Request) -> Response:
        """Return a page of the memories that match, newest first."""
        given = self.read(ListSerializer)
        page = self.read(PageSerializer, {**dict(request.data), **request.query_params.dict()})
        found = narrowed(self.memories().active(), given, self.project).with_scope()
        return Response(paged(request, found, memory_shape, **page))


class SearchView(View):
    """`POST /v3/memories/search/`."""

    scopes = {"POST": "read"}

    def post(self, request: Request) -> Response:
        """Return the memories that answer a query, best first, with their scores."""
        given = self.read(SearchSerializer)
        recall = search(
            principal=self.principal,
            project=self.project,
            scope=narrowed(self.memories().active(), given, self.project),
            query=given["query"],
            limit=given["top_k"],
            threshold=given["threshold"],
        )
        answer: dict[str, Any] = {"results": [hit_shape(hit) for hit in recall.hits]}
        if recall.warnings:
            answer["warnings"] = recall.warnings
        return Response(answer)


def narrowed(memories: MemoryQuerySet, given: dict[str, Any], project: Project) -> MemoryQuerySet:
    """Apply a call's filters, which must say whose memories are meant."""
    filters = given["filters"]
    condition: Q = compile_filter(filters, project=project)
    if not says_whose(filters):
        raise exceptions.ValidationError(
            {
                "filters": [
                    'Say whose memories are meant: filters needs user_id, agent_id, app_id or run_id ("*" for any).'
                ]
            }
        )
    found = memories.filter(condition)
    return found if given.get("show_expired") else found.unexpired()


def versions_of(events: list[Event]) -> dict[Any, list[MemoryVersion]]:
    """Return what each event did, in one query."""
    done: dict[Any, list[MemoryVersion]] = {event.pk: [] for event in events}
    for version in MemoryVersion.objects.filter(event__in=events).select_related("memory__end_user").order_by("id"):
        done[version.event_id].append(version)
    return done
