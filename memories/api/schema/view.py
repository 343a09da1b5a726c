"""`/api/schema/`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from memories.api.schema import (
    calls,
    calls_derived,
    calls_entities,
    calls_erasures,
    calls_old,
    calls_orgs,
    calls_review,
    calls_usage,
    calls_versions,
    calls_webhooks,
)

# What describes the views, as soon as it is imported.
DESCRIBED = (
    calls,
    calls_derived,
    calls_entities,
    calls_erasures,
    calls_old,
    calls_orgs,
    calls_review,
    calls_usage,
    calls_versions,
    calls_webhooks,
)


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """Return the API's description; the code doesn't change while it runs, so it is made once."""
    described: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return described


class SchemaView(APIView):
    """The description for whoever asks: it says nothing about anybody."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def get(self, request: Request) -> Response:
        """Return it."""
        return Response(description())
