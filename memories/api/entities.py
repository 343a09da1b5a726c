"""End users, agents, apps and runs."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import CharField, Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from accounts.authority import require_erasure
from memories.api.base import View
from memories.api.reading import MAX_UNPAGED, PageSerializer
from memories.api.serializers import EntitySerializer
from memories.api.shapes import entity_shape, memory_shape
from memories.filters import ENTITIES
from memories.models import Memory
from memories.models.entities import NamedScope
from memories.models.scoped import ENTITY_FIELDS
from memories.services.entities import resolve_entities
from memories.services.forgetting import erase_entity
from memories.services.privacy import screen_metadata

# As the paths name them, in the singular or the plural: the name of the id.
KINDS = {"user": "user_id", "agent": "agent_id", "app": "app_id", "run": "run_id"}


class EntityBase(View):
    """What the views of entities share."""

    def rows(self, kind: str) -> QuerySet[NamedScope]:
        """Return the caller's entities of a kind, with their numbers of memories; 400 for an unknown kind."""
        if kind not in KINDS:
            raise exceptions.ValidationError(f"There is no entity type {kind!r}. Types: {', '.join(KINDS)}.")
        model = ENTITIES[KINDS[kind]]
        rows = model._default_manager.for_principal(self.principal).in_project(self.project)  # type: ignore[attr-defined]
        theirs = Memory.objects.remembered().filter(**{ENTITY_FIELDS[KINDS[kind]]: OuterRef("pk")}).order_by()
        if limit := self.principal.end_user_name:
            theirs = theirs.filter(end_user__name=limit)
        counted = theirs.values(ENTITY_FIELDS[KINDS[kind]]).annotate(total=Count("pk")).values("total")
        found: QuerySet[NamedScope] = rows.annotate(
            total=Coalesce(Subquery(counted), 0), kind=Value(kind, output_field=CharField())
        )
        return found

    def entity(self, kind: str, name: str) -> NamedScope:
        """Return one by its name or, where no name fits, its id."""
        rows = self.rows(kind)
        found = rows.filter(name=name).first()
        if found is None and (entity_id := _uuid(name)):
            found = rows.filter(pk=entity_id).first()
        if found is None:
            raise Http404(f"There is no {kind} {name!r}.")
        return found


class EntitiesView(EntityBase):
    """`GET /v1/entities/`."""

    def get(self, request: Request) -> Response:
        """Return a page of all entities with their numbers of memories, the most recently changed first."""
        page = self.read(PageSerializer, request.query_params.dict())
        # Each kind's newest are enough to fill the page.
        until = page["page"] * page["page_size"]
        by_kind = {kind: self.rows(kind) for kind in KINDS}
        totals = {f"total_{kind}s": rows.count() for kind, rows in by_kind.items()}
        count = sum(totals.values())
        newest = [(row, kind) for kind, rows in by_kind.items() for row in rows.order_by("-updated_at", "pk")[:until]]
        newest.sort(key=lambda item: item[0].updated_at, reverse=True)
        url, number = request.build_absolute_uri(), page["page"]
        return Response(
            {
                "count": count,
                "next": replace_query_param(url, "page", number + 1) if until < count else None,
                "previous": replace_query_param(url, "page", number - 1) if number > 1 else None,
                "results": [_shape(row, kind) for row, kind in newest[until - page["page_size"] : until]],
                **totals,
            }
        )


class EntityView(EntityBase):
    """`/v2/entities/{type}/{name}/`, and `/v1/entities/{type}/{id}/`.

    What is erased never comes back, so it takes what erasing on a page takes: as mem0's own server has it, an admin.
    """

    scopes = {"DELETE": "admin"}

    def get(self, request: Request, kind: str, name: str) -> Response:
        """Return the entity."""
        return Response(_shape(self.entity(kind, name), kind))

    def delete(self, request: Request, kind: str, name: str) -> Response:
        """Erase the entity with all its memories and messages, for good."""
        entity = self.entity(kind, name)
        if self.principal.end_user_name and kind != "user":
            raise exceptions.PermissionDenied(
                "This API key is limited to one end user and may not erase others' rows."
            )
        require_erasure(self.principal, self.project)
        certificate = erase_entity(entity=entity, actor=self.actor)
        answer = {"message": "Entity deleted successfully!", "count": certificate.memories}
        return Response({**answer, "certificate_id": str(certificate.pk)})


class CreateEntityView(EntityBase):
    """`POST /v1/users/`, `/v1/agents/`, `/v1/apps/` and `/v1/runs/`."""

    def post(self, request: Request, kind: str) -> Response:
        """Create an entity before anything is remembered about it, or return the one of that name."""
        given = self.read(EntitySerializer)
        key = KINDS[kind]
        name = given.get(key) or given.get("name")
        if not name:
            raise exceptions.ValidationError({key: ["Name it."]})
        if self.principal.end_user_name not in ("", name) or (self.principal.end_user_name and kind != "user"):
            raise exceptions.PermissionDenied(
                f"This API key is limited to the end user {self.principal.end_user_name!r}."
            )
        entity = resolve_entities(project=self.project, names={key: name})[ENTITY_FIELDS[key]]
        if changes := self.changes(kind, given):
            type(entity)._default_manager.filter(pk=entity.pk).update(**changes)
        return Response(_shape(self.entity(kind, name), kind), status=201)

    def changes(self, kind: str, given: dict[str, Any]) -> dict[str, Any]:
        """Return what to set on the entity, also if it was there before."""
        changes: dict[str, Any] = {}
        if given.get("metadata") is not None:
            changes["metadata"] = screen_metadata(self.project, given["metadata"])
        if "incognito" in given:
            if kind != "run":
                raise exceptions.ValidationError({"incognito": ["Only a run can be incognito."]})
            changes["incognito"] = given["incognito"]
        return changes


class EntityMemoriesView(EntityBase):
    """`GET /v1/memories/{type}/{name}/`."""

    def get(self, request: Request, kind: str, name: str) -> Response:
        """Return the entity's memories, newest first."""
        entity = self.entity(kind, name)
        found = self.memories().active().unexpired().filter(Q(**{ENTITY_FIELDS[KINDS[kind]]: entity}))
        return Response([memory_shape(memory) for memory in found.with_scope()[:MAX_UNPAGED]])


def _shape(row: Any, kind: str) -> dict[str, Any]:
    return entity_shape(row, kind, row.total)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
