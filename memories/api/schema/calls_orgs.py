"""The calls about organizations, projects and members."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema, extend_schema_view

from memories.api.orgs import members, organizations, projects
from memories.api.orgs import serializers as taken
from memories.api.schema import answers, answers_orgs
from memories.api.schema.told import example, in_query

EMAIL = in_query("email", "The address of their account.", required=True)
FIELDS = in_query("fields", "Which settings to return, with commas between; without it, all of them.")

extend_schema_view(
    get=extend_schema(
        operation_id="organizations_list",
        summary="List organizations",
        description="Returns the key's own organization, alone in a list.",
        responses=answers_orgs.OrganizationAnswer(many=True),
    ),
    post=extend_schema(
        summary="Refuses to create an organization",
        description="An API key stays within its organization: this is always answered 403, with what to do instead.",
        request=None,
        responses={403: None},
    ),
)(organizations.OrganizationListView)

extend_schema_view(
    get=extend_schema(
        operation_id="organizations_retrieve",
        summary="Read the organization",
        description="Returns it with its members.",
        responses=answers_orgs.OrganizationAnswer,
    ),
    patch=extend_schema(
        summary="Rename the organization",
        request=taken.NameSerializer,
        responses={200: answers_orgs.OrganizationChanged},
        examples=example({"name": "Tea House"}),
    ),
    delete=extend_schema(
        summary="Refuses to delete the organization",
        description="Everything in it would go, the key too: this is always answered 409, with what to do instead.",
        request=None,
        responses={409: None},
    ),
)(organizations.OrganizationView)

extend_schema_view(
    get=extend_schema(
        operation_id="projects_list",
        summary="List projects",
        description="Returns those that the key may see: its own, and with an organization's key all of them.",
        responses=answers_orgs.ProjectAnswer(many=True),
    ),
    post=extend_schema(
        summary="Create a project",
        description="Its memories take an API key of its own, which people make in the pages.",
        request=taken.ProjectSerializer,
        responses={201: answers_orgs.ProjectCreated},
        examples=example({"name": "Recipes", "description": "What our cooks like."}),
    ),
)(projects.ProjectsView)

extend_schema_view(
    get=extend_schema(
        operation_id="projects_retrieve",
        summary="Read a project and its settings",
        parameters=[FIELDS],
        responses=answers_orgs.ProjectAnswer,
    ),
    patch=extend_schema(
        summary="Change the settings of a project",
        description="What is left out stays; null clears.",
        request=taken.SettingsSerializer,
        responses={200: answers_orgs.ProjectChanged},
        examples=example({"custom_instructions": "Remember what people can't eat."}),
    ),
    delete=extend_schema(
        summary="Delete a project",
        description="Deletes it with everything in it, for good; 409 for the organization's default project.",
        request=None,
        responses={200: answers.MessageAnswer},
    ),
)(projects.ProjectView)

extend_schema_view(
    get=extend_schema(
        summary="List members",
        description="The members of an organization are members of each of its projects, too.",
        responses=answers_orgs.MembersAnswer,
    ),
    post=extend_schema(
        summary="Add a member",
        description="Adds somebody who has an account here.",
        request=taken.MemberSerializer,
        responses={201: answers.MessageAnswer},
        examples=example({"email": "new@example.com", "role": "READER"}),
    ),
    put=extend_schema(
        summary="Change a member's role",
        request=taken.RoleSerializer,
        responses={200: answers.MessageAnswer},
        examples=example({"email": "mate@example.com", "role": "ADMIN"}),
    ),
    delete=extend_schema(
        summary="Remove a member",
        parameters=[EMAIL],
        request=None,
        responses={200: answers_orgs.MemberRemoved},
    ),
)(members.MembersView)
