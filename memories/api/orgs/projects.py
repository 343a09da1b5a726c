"""Projects and their settings."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authority import role_in
from accounts.services.projects import create_project, delete_project, update_project
from memories.api.orgs.base import OrganizationsView
from memories.api.orgs.serializers import ProjectSerializer, SettingsSerializer
from memories.api.orgs.shapes import project_shape


class ProjectsView(OrganizationsView):
    """`GET` and `POST …/projects/`."""

    def get(self, request: Request, organization_id: str) -> Response:
        """Return the projects that the key may see: its own, and with an organization's key all of them."""
        projects = self.projects(self.organization(organization_id)).order_by("created_at")
        return Response([project_shape(project, role_in(self.principal, project)) for project in projects])

    def post(self, request: Request, organization_id: str) -> Response:
        """Open a project; its memories take a key of its own."""
        organization = self.organization(organization_id)
        given = self.read(ProjectSerializer)
        project = create_project(
            principal=self.principal,
            organization=organization,
            name=given["name"],
            description=given.get("description") or "",
        )
        answer = {
            "message": "Project created successfully. Its memories take an API key of its own; make one in the pages.",
            "project_id": str(project.pk),
            "org_id": str(organization.pk),
        }
        return Response(answer, status=201)


class ProjectView(OrganizationsView):
    """`GET`, `PATCH` and `DELETE …/projects/{id}/`."""

    def get(self, request: Request, organization_id: str, project_id: str) -> Response:
        """Return the project, or of it the `fields` that are asked for, each of them even if null."""
        project = self.project_in(organization_id, project_id)
        shape = project_shape(project, role_in(self.principal, project))
        fields = [name for given in request.query_params.getlist("fields") for name in given.split(",") if name]
        return Response({name: shape.get(name) for name in fields} if fields else shape)

    def patch(self, request: Request, organization_id: str, project_id: str) -> Response:
        """Change settings; `warnings` tells of those that are kept without effect."""
        project = self.project_in(organization_id, project_id)
        given = SettingsSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        update_project(principal=self.principal, project=project, changes=given.changes(project))
        answer: dict[str, Any] = {"message": "Project updated successfully"}
        if warnings := given.warnings():
            answer["warnings"] = warnings
        return Response(answer)

    def delete(self, request: Request, organization_id: str, project_id: str) -> Response:
        """Delete the project with everything in it; 409 for the default project."""
        delete_project(principal=self.principal, project=self.project_in(organization_id, project_id))
        return Response({"message": "Project deleted successfully"})
