"""Where the account pages are; signing in and out is django-allauth's, under /accounts/."""

from django.urls import path

from accounts.pages import keys, members, preferences, projects, settings

# A member of the project's organization, or of the project only.
MEMBER = "projects/<uuid:project_id>/members/<str:reach>/<int:membership_id>/"

urlpatterns = [
    path("keys/", keys.key_list, name="key_list"),
    path("keys/create/", keys.key_create, name="key_create"),
    path("keys/<uuid:key_id>/revoke/", keys.key_revoke, name="key_revoke"),
    path("projects/<uuid:project_id>/select/", projects.project_select, name="project_select"),
    path("projects/new/", settings.project_create, name="project_create"),
    path("projects/<uuid:project_id>/", settings.project_settings, name="project_settings"),
    path("projects/<uuid:project_id>/delete/", settings.project_delete, name="project_delete"),
    path("projects/<uuid:project_id>/members/", members.member_list, name="member_list"),
    path("projects/<uuid:project_id>/members/add/", members.member_add, name="member_add"),
    path(f"{MEMBER}role/", members.member_role, name="member_role"),
    path(f"{MEMBER}remove/", members.member_remove, name="member_remove"),
    path("theme/", preferences.theme, name="theme"),
    path("language/", preferences.language, name="language"),
]
