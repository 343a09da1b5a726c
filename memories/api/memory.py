"""One memory: read, change, delete, history."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, QuerySet
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View, no_memory, parse_id
from memories.api.listing import shown
from memories.api.narrowing import memories_of
from memories.api.paging import paged
from memories.api.prepared import ForKeys
from memories.api.reading import AsOfSerializer, PageSerializer
from memories.api.serializers import UpdateSerializer, revision
from memories.api.shapes import MemoryRow, changed_shape, history_shape, memory_shape
from memories.models import Memory, MemoryVersion
from memories.services.forgetting import forget
from memories.services.past import as_it_was, version_at
from memories.services.revise import revise


class MemoryView(View):
    """`/v1/memories/{id}/`."""

    repeatable = ("PUT", "DELETE")
    confirming = ("GET",)

    def get(self, request: Request, memory_id: str) -> Response:
        """Return the memory, with `as_of` as it was then; the ETag is its version, for If-Match."""
        given = request.query_params.dict()
        at = self.read(AsOfSerializer, given)["as_of"] if given else None
        if at is None:
            return tagged(self.row(memory_id))
        version = version_at(self.any_memory(memory_id), at)
        if version is None:
            raise Http404(f"The memory {memory_id} was not there yet.")
        return tagged(as_it_was(version))

    def row(self, memory_id: str) -> MemoryRow:
        """Return what is shown of a memory; 400 and 404 as `memory` answers them."""
        for row in _ROW(self.principal, pk=parse_id(memory_id)):
            return MemoryRow._make(row)
        raise no_memory(memory_id)

    def put(self, request: Request, memory_id: str) -> Response:
        """Change the memory and return it.

        409 if the body's `version` or the header If-Match is given and no longer the present version.
        """
        memory = self.memory(memory_id)
        given = self.read(UpdateSerializer)
        self.check_layer(given.get("layer"))
        expected = given.get("version") or _version_in(request.headers.get("If-Match"))
        revised = revise(memory=memory, revision=revision(given), actor=self.actor, expected_version=expected)
        return tagged(revised, message="Memory updated successfully!")

    def delete(self, request: Request, memory_id: str) -> Response:
        """Move the memory to the trash. No memory is linked to another, so delete_linked takes none along.

        409 if the header If-Match is given and no longer the present version.
        """
        memory = self.memory(memory_id)
        expected = _version_in(request.headers.get("If-Match"))
        forget(memories=self.memories().filter(pk=memory.pk), actor=self.actor, expected_version=expected)
        answer: dict[str, Any] = {"message": "Memory deleted successfully!"}
        if request.query_params.get("delete_linked", "").lower() == "true":
            answer["cascade_count"] = 0
        return Response(answer)


_ROW = ForKeys(
    lambda principal, project, pk: shown(memories_of(principal, project).filter(pk=pk).order_by()), {"pk": UUID}
)


def tagged(memory: Memory | MemoryRow, **more: str) -> Response:
    """Answer with a memory and its ETag."""
    return Response({**memory_shape(memory), **more}, headers={"ETag": f'"{memory.version}"'})


def _version_in(tag: str | None) -> int | None:
    """Return the version that If-Match names; `*` is any."""
    if not tag or tag.strip() == "*":
        return None
    number = tag.strip().removeprefix("W/").strip('"')
    if not (number.isdecimal() and len(number) < 10):
        raise exceptions.ValidationError(
            {"If-Match": [f"{tag} is not a version. Send back the ETag that you were given."]}
        )
    return int(number)


class HistoryView(View):
    """`/v1/memories/{id}/history/`."""

    def get(self, request: Request, memory_id: str) -> Response:
        """Return every change, oldest first; also of a memory that is in the trash."""
        memory = self.any_memory(memory_id)
        versions = list(with_memory(memory.versions.order_by("number")))
        return Response([history_shape(new, old) for old, new in zip([None, *versions], versions, strict=False)])


class AllHistoryView(View):
    """`GET /v1/memories/events/`."""

    def get(self, request: Request) -> Response:
        """Return a page of all changes of all memories, newest first."""
        page = self.read(PageSerializer, request.query_params.dict())
        mine = MemoryVersion.objects.for_principal(self.principal).in_project(self.project)
        # What awaits review, or was refused there, is in nobody's news.
        changes = mine.exclude(state=Memory.State.PENDING).exclude(change=MemoryVersion.Change.REJECT)
        before = MemoryVersion.objects.filter(memory=OuterRef("memory"), number__lt=OuterRef("number"))
        found = with_memory(changes).annotate(old_text=before.order_by("-number").values("text")[:1]).order_by("-id")
        return Response(paged(request, found, _changed, **page))


def _changed(version: Any) -> dict[str, Any]:
    return changed_shape(version, version.old_text)


def with_memory(versions: QuerySet[MemoryVersion]) -> QuerySet[MemoryVersion]:
    """Fetch what a version's shape needs along."""
    related = versions.select_related(*(f"memory__{name}" for name in ("end_user", "agent", "app", "run")))
    return related.prefetch_related("memory__sources")
