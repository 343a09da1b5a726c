"""What there is, as a whole: a summary, counts, and what to filter by."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View
from memories.api.derived_serializers import ScopeSerializer
from memories.api.derived_shapes import summary_shape
from memories.api.narrowing import narrowed
from memories.metering.charging import charged_to
from memories.services.filter_values import filter_values
from memories.services.stats import stats
from memories.services.summary import summary_of


class SummaryView(View):
    """`POST /v1/summary/`."""

    scopes = {"POST": "read"}

    def post(self, request: Request) -> Response:
        """Return what the memories that match say, in short."""
        given = self.read(ScopeSerializer)
        memories = narrowed(self.memories().active(), given, self.project)
        with charged_to(self.project.pk):
            return Response(summary_shape(summary_of(memories)))


class StatsView(View):
    """`GET /v1/stats/`."""

    def get(self, request: Request) -> Response:
        """Return counts of memories, entities, events, searches and feedback."""
        return Response(stats(principal=self.principal, project=self.project))


class FilterValuesView(View):
    """`GET /v1/entities/filters/`."""

    def get(self, request: Request) -> Response:
        """Return the names, categories and metadata keys that occur."""
        return Response(filter_values(principal=self.principal, project=self.project))
