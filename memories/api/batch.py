"""Many memories in one call: all of them or none."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View
from memories.api.serializers import BatchDeleteSerializer, BatchUpdateSerializer, revision
from memories.services.forgetting import forget
from memories.services.revise import Change, revise_all


class BatchView(View):
    """`/v1/batch/`, up to a thousand memories at a time."""

    def put(self, request: Request) -> Response:
        """Change each memory as its item says; 409 if an item's `version` is no longer the present one."""
        items = self.read(BatchUpdateSerializer)["memories"]
        memories = self.batch([item["memory_id"] for item in items])
        for item in items:
            self.check_layer(item.get("layer"))
        changes = [
            Change(memory, revision(item), item.get("version")) for memory, item in zip(memories, items, strict=True)
        ]
        revised = revise_all(changes=changes, actor=self.actor)
        return Response({"message": f"Successfully updated {len(revised)} memories", "count": len(revised)})

    def delete(self, request: Request) -> Response:
        """Move the memories to the trash."""
        items = self.read(BatchDeleteSerializer)["memories"]
        ids = [memory.pk for memory in self.batch([item["memory_id"] for item in items])]
        count = forget(memories=self.memories().filter(pk__in=ids), actor=self.actor)
        return Response({"message": f"Successfully deleted {count} memories", "count": count})
