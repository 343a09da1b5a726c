"""Exports: asked for, then fetched when a worker has made them."""

from __future__ import annotations

import json

from django.http import Http404
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View, parse_id
from memories.api.derived_serializers import ExportSerializer, FindExportSerializer
from memories.api.derived_shapes import export_result
from memories.api.exceptions import Conflict
from memories.api.narrowing import narrowed
from memories.models import MemoryExport
from memories.services.exports import audit, latest_like, request_export


class ExportsView(View):
    """`POST /v1/exports/`."""

    def post(self, request: Request) -> Response:
        """Have a worker make an export in the shape of a JSON schema."""
        given = self.read(ExportSerializer)
        # For its complaints: a filter that can't be read, or says nobody, must not wait for a worker.
        narrowed(self.memories(), given, self.project)
        export = request_export(
            principal=self.principal,
            project=self.project,
            schema=given["schema"],
            filters=given["filters"],
            instructions=given.get("export_instructions") or "",
        )
        message = "Memory export request received. The export will be ready in a few seconds."
        return Response(
            {"message": message, "id": str(export.pk), "status": export.status}, status=status.HTTP_201_CREATED
        )


class ExportView(View):
    """`POST /v1/exports/get/`."""

    scopes = {"POST": "read"}

    def post(self, request: Request) -> Response:
        """Return the object that was asked for; 202 while it is being made, 409 with the cause if that failed."""
        export = self._find(self.read(FindExportSerializer))
        if export.status == MemoryExport.Status.FAILED:
            raise Conflict(f"The export failed: {export.error}", code="export_failed")
        if export.status != MemoryExport.Status.SUCCEEDED:
            message = "The export is being made. Ask again in a few seconds."
            waiting = {"id": str(export.pk), "status": export.status, "message": message}
            return Response(waiting, status=status.HTTP_202_ACCEPTED)
        audit(export, action="export.read", principal=self.principal)
        return Response(export_result(export), headers={"X-Export-Notes": json.dumps(export.notes)})

    def _find(self, given: dict[str, object]) -> MemoryExport:
        if export_id := given.get("memory_export_id"):
            mine = MemoryExport.objects.for_principal(self.principal).in_project(self.project).kept()
            export = mine.filter(pk=parse_id(str(export_id))).first()
        else:
            filters = given["filters"]
            assert isinstance(filters, dict)
            export = latest_like(principal=self.principal, project=self.project, filters=filters)
        if export is None:
            raise Http404("There is no such export: none was made with these filters, or its time has run out.")
        return export
