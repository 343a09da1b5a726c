"""Who belongs to an organization, or to one of its projects."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authority import Place
from accounts.services.members import add_member, change_role, find_member, people, remove_member
from memories.api.orgs.base import OrganizationsView
from memories.api.orgs.serializers import MemberSerializer, RoleSerializer, WhomSerializer
from memories.api.orgs.shapes import member_shape


class MembersView(OrganizationsView):
    """`…/organizations/{id}/members/` and `…/projects/{id}/members/`.

    Members of the organization are members of each project and are listed there, but changed here above.
    """

    def place(self, organization_id: str, project_id: str = "") -> Place:
        """Return what the path leads to."""
        if project_id:
            return self.project_in(organization_id, project_id)
        return self.organization(organization_id)

    def get(self, request: Request, **path: str) -> Response:
        """Return the members with their roles."""
        return Response({"members": [member_shape(person) for person in people(self.place(**path))]})

    def post(self, request: Request, **path: str) -> Response:
        """Add somebody who has an account: 400 if nobody has one under that address."""
        place, given = self.place(**path), self.read(MemberSerializer)
        add_member(principal=self.principal, place=place, email=given["email"], role=given["role"])
        return Response({"message": "Member added successfully"}, status=201)

    def put(self, request: Request, **path: str) -> Response:
        """Give a member another role."""
        place, given = self.place(**path), self.read(RoleSerializer)
        member = find_member(place, given["email"])
        change_role(principal=self.principal, place=place, user=member, role=given["role"])
        return Response({"message": "Member updated successfully"})

    def delete(self, request: Request, **path: str) -> Response:
        """Remove a member; `active_keys` counts the API keys that they made here and that go on working."""
        place, given = self.place(**path), self.read(WhomSerializer, request.query_params.dict())
        keys = remove_member(principal=self.principal, place=place, user=find_member(place, given["email"]))
        return Response({"message": "Member removed successfully", "active_keys": keys})
