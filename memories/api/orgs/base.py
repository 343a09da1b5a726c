"""Which organizations and projects a call may reach. What else it takes to change them, the services decide."""

from __future__ import annotations

from django.http import Http404

from accounts.authority import projects_in_reach
from accounts.models import Organization, Project
from accounts.models.project import ProjectQuerySet
from memories.api.base import View, parse_id


class OrganizationsView(View):
    """A view of the key's organization. Changes take a key that may administer."""

    scopes = dict.fromkeys(("POST", "PUT", "PATCH", "DELETE"), "admin")
    takes_tenant = False

    def organization(self, organization_id: str) -> Organization:
        """Return the organization in the path: 400 for what isn't an id, 404 if it isn't the key's."""
        organizations = Organization.objects.for_principal(self.principal)
        organization = organizations.filter(pk=parse_id(organization_id)).first()
        if organization is None:
            raise Http404(f"There is no organization {organization_id} within this API key's reach.")
        return organization

    def projects(self, organization: Organization) -> ProjectQuerySet:
        """Return those of its projects whose settings the key may see."""
        return projects_in_reach(self.principal).filter(organization=organization).select_related("organization")

    def project_in(self, organization_id: str, project_id: str) -> Project:
        """Return the project in the path, or answer 400 or 404 alike."""
        project = self.projects(self.organization(organization_id)).filter(pk=parse_id(project_id)).first()
        if project is None:
            raise Http404(f"There is no project {project_id} within this API key's reach.")
        return project
