"""The handshake."""

from __future__ import annotations

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View


class PingView(View):
    """`GET /v1/ping/`: every client calls it first."""

    def get(self, request: Request) -> Response:
        """Return where the key leads. All three are strings, and the address is never empty: clients insist."""
        key = self.principal.api_key
        assert key is not None
        return Response(
            {
                "status": "ok",
                "org_id": str(self.project.organization_id),
                "project_id": str(self.project.pk),
                "user_email": key.created_by.email if key.created_by else settings.DEFAULT_FROM_EMAIL,
            }
        )
