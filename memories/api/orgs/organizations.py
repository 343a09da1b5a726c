"""The key's organization."""

from __future__ import annotations

from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authority import role_in
from accounts.errors import Refused
from accounts.models import Organization
from accounts.services.projects import rename_organization
from memories.api.orgs.base import OrganizationsView
from memories.api.orgs.serializers import NameSerializer
from memories.api.orgs.shapes import organization_shape


class OrganizationListView(OrganizationsView):
    """`GET /api/v1/orgs/organizations/`."""

    def get(self, request: Request) -> Response:
        """Return the key's organization, alone in a list."""
        organizations = Organization.objects.for_principal(self.principal)
        return Response([organization_shape(row, role_in(self.principal, row)) for row in organizations])

    def post(self, request: Request) -> Response:
        """Refuse: a key could not reach what it had made."""
        raise exceptions.PermissionDenied(
            "An API key stays within its organization and can't open another. Everybody who signs up has one; "
            "the server's operator opens further ones in Django admin."
        )


class OrganizationView(OrganizationsView):
    """`GET` and `PATCH /api/v1/orgs/organizations/{id}/`."""

    def get(self, request: Request, organization_id: str) -> Response:
        """Return the organization with its members."""
        organization = self.organization(organization_id)
        return Response(organization_shape(organization, role_in(self.principal, organization)))

    def patch(self, request: Request, organization_id: str) -> Response:
        """Rename it."""
        organization = self.organization(organization_id)
        given = self.read(NameSerializer)
        rename_organization(principal=self.principal, organization=organization, name=given["name"])
        return Response({"message": "Organization updated successfully", "org_id": str(organization.pk)})

    put = patch

    def delete(self, request: Request, organization_id: str) -> Response:
        """Refuse: everything in all its projects would go, this key among it."""
        self.organization(organization_id)
        raise Refused(
            "An organization goes with every project and memory in it, so an API key can't delete it. "
            "The server's operator does so in Django admin. Nothing was deleted."
        )
