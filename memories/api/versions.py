"""Versions over the API: restore one, undo the last change, and read what was believed."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View
from memories.api.memory import tagged
from memories.api.naming import ENTITY_KEYS, NameField
from memories.api.paging import paged
from memories.api.reading import AsOfSerializer, PageSerializer
from memories.api.shapes import memory_shape
from memories.models import Memory, MemoryVersion
from memories.models.scoped import ENTITY_FIELDS
from memories.services.past import as_it_was, believed
from memories.services.undo import restore_version, undo_last

LARGEST_VERSION = 2**31 - 1


class ReasonSerializer(serializers.Serializer[Any]):
    """Why, for the history."""

    reason = serializers.CharField(max_length=500, default="", allow_blank=True)


class RestoreSerializer(ReasonSerializer):
    """Which version to restore, and from which present one the caller starts."""

    version = serializers.IntegerField(min_value=1, max_value=LARGEST_VERSION)
    expected_version = serializers.IntegerField(
        min_value=1, max_value=LARGEST_VERSION, default=None, allow_null=True, help_text="409 if it is another by now."
    )


class WhoseAsOfSerializer(AsOfSerializer):
    """Whose memories to read, and as of when."""

    as_of = serializers.DateTimeField(help_text="ISO 8601; UTC if it names no zone.")
    user_id = NameField()
    agent_id = NameField()
    app_id = NameField()
    run_id = NameField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require somebody."""
        if not any(attrs.get(key) for key in ENTITY_KEYS):
            raise serializers.ValidationError("Say whose memories: give user_id, agent_id, app_id or run_id.")
        return attrs


class RestoreView(View):
    """`POST /api/v1/memories/{id}/restore/`."""

    def post(self, request: Request, memory_id: str) -> Response:
        """Make the memory what one of its versions was; also one that is in the trash."""
        given = self.read(RestoreSerializer)
        restored = restore_version(
            memory=self.any_memory(memory_id),
            number=given["version"],
            actor=self.actor,
            expected_version=given["expected_version"],
            reason=given["reason"],
        )
        return tagged(restored)


class UndoView(View):
    """`POST /api/v1/memories/{id}/undo/`."""

    def post(self, request: Request, memory_id: str) -> Response:
        """Take back the last change of the memory; undoing an undo is doing it again."""
        given = self.read(ReasonSerializer)
        memory = undo_last(memory=self.any_memory(memory_id), actor=self.actor, reason=given["reason"])
        return tagged(memory)


class AsOfView(View):
    """`POST /api/v1/memories/as-of/`."""

    scopes = {"POST": "read"}

    def post(self, request: Request) -> Response:
        """Return a page of the memories that could be recalled at a time, as they were then."""
        given = self.read(WhoseAsOfSerializer)
        page = self.read(PageSerializer, {**dict(request.data), **request.query_params.dict()})
        mine = Memory.objects.for_principal(self.principal).in_project(self.project)
        whose = {f"{ENTITY_FIELDS[key]}__name": name for key in ENTITY_KEYS if (name := given.get(key))}
        return Response(paged(request, believed(memories=mine.filter(**whose), at=given["as_of"]), _as_then, **page))


def _as_then(version: MemoryVersion) -> dict[str, Any]:
    return memory_shape(as_it_was(version))
