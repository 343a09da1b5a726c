"""Taking back what one source wrote, for keys that may administer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiKey
from memories.api.base import View, parse_id
from memories.api.naming import NameField
from memories.api.paging import paged
from memories.api.reading import PageSerializer
from memories.models import App, Event, Rollback, Run
from memories.services.rollbacks import Outlook, Source, outlooks, preview, request_rollback

SOURCES = ("event_id", "run_id", "app_id", "api_key_id")


class SourceSerializer(serializers.Serializer[Any]):
    """Whose writing is to be taken back: one of these, and from when on."""

    event_id = serializers.UUIDField(default=None, allow_null=True)
    run_id = NameField(help_text="A run's name.")
    app_id = NameField(help_text="An app's name.")
    api_key_id = serializers.UUIDField(default=None, allow_null=True)
    since = serializers.DateTimeField(default=None, allow_null=True, help_text="If none, from the beginning.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one source."""
        if sum(bool(attrs.get(name)) for name in SOURCES) != 1:
            raise serializers.ValidationError(f"Name one source: {', '.join(SOURCES[:-1])} or {SOURCES[-1]}.")
        return attrs


class RollbackSerializer(SourceSerializer):
    """What is to be taken back, and what of others' later work goes along."""

    include_conflicts = serializers.BooleanField(
        default=False, help_text="Also memories that somebody else has changed since."
    )
    reason = serializers.CharField(max_length=500, default="", allow_blank=True)


class RollbackBase(View):
    """A view for keys of scope admin that aren't limited to one end user: a source writes about many."""

    scopes = dict.fromkeys(("GET", "POST"), "admin")

    def source(self, given: dict[str, Any]) -> Source:
        """Return the source that a validated body names, or answer 404."""
        if self.principal.end_user_name:
            raise Http404("This API key is limited to one end user, and a source writes about others, too.")
        found: Any
        if event_id := given["event_id"]:
            kind, found = "event", Event.objects.in_project(self.project).filter(pk=event_id)
        elif key_id := given["api_key_id"]:
            kind, found = "source_key", ApiKey.objects.filter(project=self.project, pk=key_id)
        elif name := given.get("run_id"):
            kind, found = "run", Run.objects.in_project(self.project).filter(name=name)
        else:
            kind, found = "app", App.objects.in_project(self.project).filter(name=given["app_id"])
        if (row := found.first()) is None:
            raise Http404("There is no such source in this project.")
        return Source(kind, row, given["since"])


class PreviewView(RollbackBase):
    """`POST /api/v1/rollbacks/preview/`."""

    def post(self, request: Request) -> Response:
        """Return what a rollback would do, in numbers and a page of memories."""
        page = self.read(PageSerializer, {**dict(request.data), **request.query_params.dict()})
        look = preview(project=self.project, source=self.source(self.read(SourceSerializer)))
        found = paged(request, look.memories.with_scope(), lambda memory: {"memory": memory}, **page)
        rows = outlooks(item["memory"] for item in found["results"])
        counts = {"trashed": look.trashed, "put_back": look.put_back, "conflicts": look.conflicts}
        return Response({**counts, **found, "results": [outlook_shape(row) for row in rows]})


class RollbacksView(RollbackBase):
    """`POST /api/v1/rollbacks/`."""

    def post(self, request: Request) -> Response:
        """Take back what a source wrote; a small rollback is done with the answer, a large one is a job."""
        given = self.read(RollbackSerializer)
        job = request_rollback(
            principal=self.principal,
            project=self.project,
            source=self.source(given),
            include_conflicts=given["include_conflicts"],
            reason=given["reason"],
        )
        return Response(rollback_shape(job), status=status.HTTP_201_CREATED)


class RollbackView(RollbackBase):
    """`GET /api/v1/rollbacks/{rollback_id}/`."""

    def get(self, request: Request, rollback_id: str) -> Response:
        """Return how far a rollback is."""
        mine = Rollback.objects.for_principal(self.principal).in_project(self.project)
        job = mine.filter(pk=parse_id(rollback_id)).first()
        if job is None:
            raise Http404(f"There is no rollback {rollback_id}.")
        return Response(rollback_shape(job))


def outlook_shape(row: Outlook) -> dict[str, Any]:
    """Return what a rollback means for one memory."""
    return {
        "memory_id": str(row.memory.pk),
        "memory": row.memory.text,
        **row.memory.entity_names(),
        "becomes": row.before.text if row.before else None,
        "lifecycle_state": row.before.state if row.before else "deleted",
        "version": row.memory.version,
        "conflict": row.conflict,
        "last_change": row.last.change,
        "last_actor": row.last.actor,
    }


def rollback_shape(job: Rollback) -> dict[str, Any]:
    """Return a rollback."""
    kind, row = job.source
    return {
        "id": str(job.pk),
        "status": job.status,
        "source": {"type": kind.replace("source_key", "api_key"), "id": str(row.pk), "name": str(row)},
        "since": _iso(job.since),
        "include_conflicts": job.include_conflicts,
        "reason": job.reason,
        "changed": job.changed,
        "conflicts": job.conflicts,
        "error": job.error or None,
        "created_at": _iso(job.created_at),
        "completed_at": _iso(job.completed_at),
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
