"""Where the account pages are; signing in and out is django-allauth's, under /accounts/."""

from django.urls import path

from accounts.pages import keys, preferences, projects

urlpatterns = [
    path("keys/", keys.key_list, name="key_list"),
    path("keys/create/", keys.key_create, name="key_create"),
    path("keys/<uuid:key_id>/revoke/", keys.key_revoke, name="key_revoke"),
    path("projects/<uuid:project_id>/select/", projects.project_select, name="project_select"),
    path("theme/", preferences.theme, name="theme"),
    path("language/", preferences.language, name="language"),
]
