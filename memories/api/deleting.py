"""Deleting all that matches: by names, metadata and filters, of which some must say whose memories are meant."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View
from memories.api.naming import ENTITY_KEYS
from memories.api.reading import MetadataField
from memories.filters import ALIASES, ANY, COLUMNS, compile_filter, says_whose
from memories.services.forgetting import forget

NOBODY = (
    "Say whose memories to delete: give user_id, agent_id, app_id or run_id as query parameters, or filters that need "
    "one of them. Nothing was deleted."
)
# What narrows a list. Passed over here, it would have more deleted than was meant.
ONLY_IN_FILTERS = {*COLUMNS, "start_date", "end_date", "query", "limit", "top_k", "page", "page_size"}


class FiltersField(MetadataField):
    """A filter, or its JSON as query parameters have it; an empty one would be everything."""

    complaint = 'Write filters as a JSON object: {"user_id": "ann"}. Nothing was deleted.'
    default_error_messages = {"empty": "There is nothing in them. Nothing was deleted."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_empty": False, **kwargs})


class DeleteAllSerializer(serializers.Serializer[Any]):
    """`DELETE /v1/memories/`, in the query or in a body."""

    filters = FiltersField(required=False)
    metadata = MetadataField(required=False)


class DeleteAllView(View):
    """`DELETE /v1/memories/`."""

    scopes = {"GET": "read", "POST": "write", "DELETE": "write"}

    def delete(self, request: Request) -> Response:
        """Delete what matches all of the ids, the metadata and the filters that are given; `*` stands for any id.

        All four ids as `*` mean the whole project: https://docs.mem0.ai/core-concepts/memory-operations/delete
        """
        body = request.data
        if not isinstance(body, dict):
            raise exceptions.ValidationError("Expected an object in the body, or no body. Nothing was deleted.")
        wanted = {"AND": [part for given in (request.query_params.dict(), body) for part in self.conditions(given)]}
        condition: Q = compile_filter(wanted, project=self.project) if wanted["AND"] else Q()
        if not says_whose(wanted):
            raise exceptions.ValidationError(NOBODY)
        count = forget(memories=self.memories().filter(condition), actor=self.actor)
        return Response({"message": "Memories deleted successfully!", "count": count})

    def conditions(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what the query, or the body, asks of the memories to delete."""
        if idle := sorted(ONLY_IN_FILTERS & given.keys()):
            raise exceptions.ValidationError(
                dict.fromkeys(idle, "That is not read here: say it in filters. Nothing was deleted.")
            )
        names = {ALIASES.get(key, key): value for key, value in given.items() if value not in ("", None)}
        whose: dict[str, Any] = {key: names[key] for key in ENTITY_KEYS if key in names}
        if all(whose.get(key) == ANY for key in ENTITY_KEYS):
            whose = {"OR": [{key: ANY} for key in ENTITY_KEYS]}
        further = {key: value for key, value in given.items() if key == "filters" or (key == "metadata" and value)}
        read = self.read(DeleteAllSerializer, further)
        found = [whose, read.get("filters"), {"metadata": read["metadata"]} if read.get("metadata") else None]
        return [part for part in found if part]
