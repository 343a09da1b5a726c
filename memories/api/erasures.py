"""Certificates of erasure, and what an erasure would take."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View, parse_id
from memories.api.entities import KINDS, EntityBase
from memories.api.naming import NameField
from memories.api.paging import paged
from memories.api.reading import PageSerializer
from memories.models import ErasureCertificate
from memories.models.erasure import ErasureCertificateQuerySet
from memories.services.erasure.certificates import certificate_shape
from memories.services.erasure.previews import preview_erasure


class WhomSerializer(serializers.Serializer[Any]):
    """Exactly one of the ids."""

    user_id = NameField()
    agent_id = NameField()
    app_id = NameField()
    run_id = NameField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require one."""
        given = {key: name for key, name in attrs.items() if name}
        if len(given) != 1:
            raise serializers.ValidationError("Give one of user_id, agent_id, app_id and run_id.")
        return given


class CertificatesBase(View):
    """Certificates are about the whole project: a key that is limited to one end user sees none."""

    def certificates(self) -> ErasureCertificateQuerySet:
        """Return those that the caller may see."""
        return ErasureCertificate.objects.for_principal(self.principal).in_project(self.project)


class ErasuresView(CertificatesBase):
    """`GET /v1/erasures/`."""

    def get(self, request: Request) -> Response:
        """Return a page of certificates, newest first."""
        page = self.read(PageSerializer, request.query_params.dict())
        return Response(paged(request, self.certificates(), certificate_shape, **page))


class ErasureView(CertificatesBase):
    """`GET /v1/erasures/{id}/`."""

    def get(self, request: Request, certificate_id: str) -> Response:
        """Return one certificate."""
        certificate = self.certificates().filter(pk=parse_id(certificate_id)).first()
        if certificate is None:
            raise Http404(f"There is no certificate {certificate_id}.")
        return Response(certificate_shape(certificate))


class ErasurePreviewView(EntityBase):
    """`POST /v1/erasures/preview/`."""

    scopes = {"POST": "read"}

    def post(self, request: Request) -> Response:
        """Return how much the erasure of an end user, agent, app or run would take from where; nothing is erased."""
        given = self.read(WhomSerializer)
        kind = next(kind for kind, key in KINDS.items() if key in given)
        if self.principal.end_user_name and kind != "user":
            raise exceptions.PermissionDenied("This API key is limited to one end user.")
        preview = preview_erasure(self.entity(kind, given[KINDS[kind]]))
        return Response({"stores": preview.counts, "shared_messages": preview.shared})
