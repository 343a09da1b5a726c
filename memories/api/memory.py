"""One memory: read, change, delete, history."""

from __future__ import annotations

from itertools import pairwise

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View, parse_id
from memories.api.serializers import UpdateSerializer
from memories.api.shapes import history_shape, memory_shape
from memories.models import Memory, MemoryVersion
from memories.services.forgetting import forget
from memories.services.revise import Revision, revise


class MemoryView(View):
    """`/v1/memories/{id}/`."""

    repeatable = True

    def get(self, request: Request, memory_id: str) -> Response:
        """Return the memory."""
        return Response(memory_shape(self.memory(memory_id)))

    def put(self, request: Request, memory_id: str) -> Response:
        """Change the memory and return it; 409 if `version` is given and no longer the present one."""
        memory = self.memory(memory_id)
        given = self.read(UpdateSerializer)
        revision = Revision(
            text=given.get("text"),
            metadata=given.get("metadata"),
            expiration_date=given.get("expiration_date"),
            clear_expiration="expiration_date" in given and given["expiration_date"] is None,
        )
        revised = revise(memory=memory, revision=revision, actor=self.actor, expected_version=given.get("version"))
        return Response({**memory_shape(revised), "message": "Memory updated successfully!"})

    def delete(self, request: Request, memory_id: str) -> Response:
        """Move the memory to the trash."""
        memory = self.memory(memory_id)
        forget(memories=self.memories().filter(pk=memory.pk), actor=self.actor)
        return Response({"message": "Memory deleted successfully!"})


class HistoryView(View):
    """`/v1/memories/{id}/history/`."""

    def get(self, request: Request, memory_id: str) -> Response:
        """Return every change, oldest first; also of a memory that is in the trash."""
        memories = Memory.objects.for_principal(self.principal).in_project(self.project)
        memory = memories.filter(pk=parse_id(memory_id)).first()
        if memory is None:
            raise Http404(f"There is no memory {memory_id}.")
        versions: list[MemoryVersion | None] = [None]
        related = memory.versions.select_related(*(f"memory__{name}" for name in ("end_user", "agent", "app", "run")))
        versions.extend(related.prefetch_related("memory__sources").order_by("number"))
        return Response([history_shape(new, old) for old, new in pairwise(versions) if new is not None])
