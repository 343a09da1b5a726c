"""Adding, listing and searching as v1 and v2 have it: the same services behind older bodies and shapes."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.deleting import DeleteAllView
from memories.api.formats import BARE, WRAPPED
from memories.api.memories import (
    AddView,
    ListView,
    SearchView,
    hits,
    outcome,
    with_warnings,
    written_by,
)
from memories.api.paging import paged
from memories.api.reading import MAX_UNPAGED, OldListSerializer, OldSearchSerializer
from memories.api.serializers import OldAddSerializer
from memories.api.shapes import memory_shape, only, stored_shape
from memories.models import Event


class OldListView(ListView):
    """`POST /v2/memories/`."""

    def post(self, request: Request) -> Response:
        """Return the memories that match as a list; with page and page_size, a page of them.

        With output_format v1.1 an object around the list, as a search answers.
        """
        body = request.data
        # What isn't an object, the serializer refuses.
        return self.answer({**request.query_params.dict(), **body} if isinstance(body, dict) else body)

    def answer(self, asked: Any) -> Response:
        """Return what `asked` asks for."""
        given = self.read(OldListSerializer, asked)
        found = self.listed(given)
        fields = given["fields"]
        if given.get("page") and given.get("page_size"):
            page = {"page": given["page"], "page_size": given["page_size"]}
            return Response(paged(self.request, found, lambda memory: only(memory_shape(memory), fields), **page))
        rows = found[: given.get("limit") or MAX_UNPAGED]
        shapes = [only(memory_shape(memory), fields) for memory in rows]
        return Response({"results": shapes, "relations": []} if given.get("output_format") == WRAPPED else shapes)


class OldMemoriesView(DeleteAllView, OldListView, AddView):
    """`/v1/memories/`: POST adds, GET lists, DELETE deletes."""

    serializer = OldAddSerializer

    def get(self, request: Request) -> Response:
        """Return the memories of whom the query names."""
        asked = {key: value for key, value in request.query_params.dict().items() if value}
        return self.answer(asked)

    def post(self, request: Request) -> Response:
        """Store a conversation; answer with its event, or with async_mode=false with its memories."""
        event, warnings = self.add()
        output_format = dict(request.data).get("output_format")
        if event.status == Event.Status.SUCCEEDED:
            results = [stored_shape(version, output_format) for version in written_by(event)]
        else:
            results = [{"message": outcome(event), "status": event.status, "event_id": str(event.pk)}]
        if output_format == BARE:
            return Response(results)
        return Response(with_warnings({"results": results, "event_id": str(event.pk)}, warnings))


class OldSearchView(SearchView):
    """`POST /v1/memories/search/` and `/v2/`."""

    def post(self, request: Request) -> Response:
        """Return a list of the memories that answer a query; with output_format v1.1 an object around it."""
        given = self.read(OldSearchSerializer)
        recall, warnings = self.recalled(given)
        if given.get("output_format") == WRAPPED:
            return Response(with_warnings({"results": hits(recall, given), "relations": []}, warnings))
        return Response(hits(recall, given))
