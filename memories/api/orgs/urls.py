"""mem0's paths to organizations and projects."""

from django.urls import path

from memories.api.orgs import members, organizations, projects

ORGANIZATION = "organizations/<str:organization_id>/"
PROJECT = f"{ORGANIZATION}projects/<str:project_id>/"

urlpatterns = [
    path("organizations/", organizations.OrganizationListView.as_view(), name="api_organizations"),
    path(ORGANIZATION, organizations.OrganizationView.as_view(), name="api_organization"),
    path(f"{ORGANIZATION}members/", members.MembersView.as_view(), name="api_organization_members"),
    path(f"{ORGANIZATION}projects/", projects.ProjectsView.as_view(), name="api_projects"),
    path(PROJECT, projects.ProjectView.as_view(), name="api_project"),
    path(f"{PROJECT}members/", members.MembersView.as_view(), name="api_project_members"),
]
