"""End users, agents, apps and runs."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View
from memories.api.serializers import PageSerializer
from memories.api.shapes import entity_shape
from memories.models import Agent, App, EndUser, Run
from memories.models.entities import NamedScope
from memories.services.forgetting import erase_entity

KINDS: dict[str, type[NamedScope]] = {"user": EndUser, "agent": Agent, "app": App, "run": Run}


class EntitiesView(View):
    """`GET /v1/entities/`."""

    def get(self, request: Request) -> Response:
        """Return every entity with its number of memories, the most recently changed first."""
        page = self.read(PageSerializer, request.query_params.dict())
        kept = Q(memory_set__isnull=False) & ~Q(memory_set__state="deleted")
        shapes: list[dict[str, Any]] = []
        totals: dict[str, int] = {}
        for kind, model in KINDS.items():
            rows = model._default_manager.for_principal(self.principal).in_project(self.project)  # type: ignore[attr-defined]
            counted = rows.annotate(total=Count("memory_set", filter=kept, distinct=True))
            shapes.extend(entity_shape(row, kind, row.total) for row in counted)
            totals[f"total_{kind}s"] = len(shapes) - sum(totals.values())
        shapes.sort(key=lambda shape: shape["updated_at"], reverse=True)
        first = (page["page"] - 1) * page["page_size"]
        results = shapes[first : first + page["page_size"]]
        return Response({"count": len(shapes), "next": None, "previous": None, "results": results, **totals})


class EntityView(View):
    """`DELETE /v2/entities/{type}/{name}/`."""

    scopes = {"DELETE": "write"}

    def delete(self, request: Request, kind: str, name: str) -> Response:
        """Erase the entity with all its memories and messages, for good."""
        model = KINDS.get(kind)
        if model is None:
            raise exceptions.ValidationError(f"There is no entity type {kind!r}. Types: {', '.join(KINDS)}.")
        if self.principal.end_user_name and kind != "user":
            raise exceptions.PermissionDenied(
                "This API key is limited to one end user and may not erase others' rows."
            )
        rows = model._default_manager.for_principal(self.principal).in_project(self.project)  # type: ignore[attr-defined]
        entity = rows.filter(name=name).first()
        if entity is None:
            raise Http404(f"There is no {kind} {name!r}.")
        erased = erase_entity(entity=entity, actor=self.actor)
        return Response({"message": "Entity deleted successfully!", "count": erased})
