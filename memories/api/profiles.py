"""Profiles of end users: read, asked for, set up."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View, parse_id
from memories.api.derived_serializers import ProfileJobSerializer, ProfileSettingsSerializer
from memories.api.derived_shapes import created_job_shape, job_shape, profile_shape, settings_shape
from memories.api.entities import EntityView
from memories.models import EndUser, ProfileRequest
from memories.services.profile_reading import read_profile
from memories.services.profile_requests import NotEnabled, progress, request_profiles
from memories.services.profiles import change_settings, settings_of


class ProfileView(EntityView):
    """`GET /v2/entities/user/{name}/profile/`."""

    def get(self, request: Request, kind: str, name: str) -> Response:
        """Return what is known of one end user, and how far that is."""
        if kind != "user":
            raise exceptions.ValidationError(f"Only users have profiles, not entities of type {kind!r}.")
        people = EndUser.objects.for_principal(self.principal).in_project(self.project)
        end_user = people.select_related("project").filter(name=name).first()
        if end_user is None:
            raise Http404(f"There is no user {name!r}.")
        return Response(profile_shape(end_user, read_profile(end_user)))

    def delete(self, request: Request, kind: str, name: str) -> Response:
        """Erase the entity that is itself called `…/profile`: its address is the same."""
        return super().delete(request, kind, f"{name}/profile")


class JobsView(View):
    """`POST /v2/profiles/jobs/`."""

    # Making a profile a second time costs a call, and changes nothing else.
    repeatable = ("POST",)

    def post(self, request: Request) -> Response:
        """Have a worker make one profile or a few."""
        given = self.read(ProfileJobSerializer)
        is_trigger = given["operation"] == ProfileRequest.Operation.TRIGGER
        name = given["entity_id"] if is_trigger else ""
        try:
            asked = request_profiles(
                principal=self.principal,
                project=self.project,
                operation=given["operation"],
                end_user_name=name,
                limit=None if is_trigger else given.get("limit"),
            )
        except NotEnabled as error:
            raise exceptions.ValidationError(
                'Profiles are not enabled in this project. POST {"enabled": true} to /v2/profiles/settings/.'
            ) from error
        except EndUser.DoesNotExist as error:
            raise Http404(f"There is no user {name!r}.") from error
        return Response(created_job_shape(asked, progress(asked)), status=status.HTTP_202_ACCEPTED)

    def replayed(self, answer: Any) -> Any:
        """Say in the body, too, that this answers an earlier request."""
        return {**answer, "replayed": True} if "job_id" in answer else answer


class JobView(View):
    """`GET /v2/profiles/jobs/{id}/`."""

    def get(self, request: Request, request_id: str) -> Response:
        """Return how many of the job's profiles are made."""
        mine = ProfileRequest.objects.for_principal(self.principal).in_project(self.project)
        asked = mine.filter(pk=parse_id(request_id)).first()
        if asked is None:
            raise Http404(f"There is no profile job {request_id}.")
        return Response(job_shape(asked, progress(asked)))


class SettingsView(View):
    """`/v2/profiles/settings/`."""

    scopes = {"POST": "admin"}

    def get(self, request: Request) -> Response:
        """Return whether and in what shape the project makes profiles."""
        return Response(settings_shape(settings_of(self.project)))

    def post(self, request: Request) -> Response:
        """Change what is given, and return the settings as they stand then."""
        if self.principal.end_user_name:
            raise exceptions.PermissionDenied("This API key is limited to one end user; settings concern them all.")
        given = self.read(ProfileSettingsSerializer)
        changes = dict(given.get("entities", {}).get("user", {}))
        if "custom_instructions" in changes:
            changes["custom_instructions"] = changes["custom_instructions"] or ""
        if "enabled" in given:
            changes["enabled"] = given["enabled"]
        return Response(settings_shape(change_settings(self.project, self.actor, changes)))
