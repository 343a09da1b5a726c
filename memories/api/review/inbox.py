"""Deciding on what waits, for keys that may administer: to other keys it is not there yet."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authority import require_administration
from memories.api.base import View, parse_id
from memories.api.exceptions import Conflict
from memories.api.paging import paged
from memories.api.reading import PageSerializer
from memories.api.review.serializers import DecisionsSerializer, PolicySerializer, WhoseSerializer, rules_of, trust_of
from memories.api.review.shapes import rule_shape, suppression_shape, trust_shape, waiting_shape
from memories.models import ReviewRule, SourceTrust, Suppression
from memories.models.review import SuppressionQuerySet
from memories.services.review import CannotDecide, Decision, decide
from memories.services.rules import replace_policy
from memories.services.suppressing import lift


class ReviewView(View):
    """What the views of review share."""

    scopes = dict.fromkeys(("GET", "POST", "PUT", "DELETE"), "admin")

    def whose(self, rows: Any) -> Any:
        """Narrow rows to the end user that the query names, if it names one."""
        name = self.read(WhoseSerializer, self.request.query_params.dict()).get("user_id")
        return rows.filter(end_user__name=name) if name else rows

    def page(self) -> dict[str, Any]:
        """Return which page is asked for."""
        return self.read(PageSerializer, self.request.query_params.dict())


class WaitingView(ReviewView):
    """`GET /api/v1/review/`."""

    def get(self, request: Request) -> Response:
        """Return a page of what awaits review, newest first."""
        waiting = self.whose(self.memories().pending().with_scope())
        return Response(paged(request, waiting, waiting_shape, **self.page()))


class DecisionsView(ReviewView):
    """`POST /api/v1/review/decisions/`."""

    def post(self, request: Request) -> Response:
        """Carry out decisions, all or none; 409 if a memory no longer awaits review."""
        given = self.read(DecisionsSerializer)
        decisions = self._decisions(given["decisions"])
        try:
            decide(decisions=decisions, actor=self.actor, reason=given["reason"])
        except CannotDecide as error:
            raise Conflict(str(error), code="cannot_decide") from error
        noun = "memory" if len(decisions) == 1 else "memories"
        return Response({"message": f"Decided on {len(decisions)} {noun}.", "count": len(decisions)})

    def _decisions(self, given: list[dict[str, Any]]) -> list[Decision]:
        memories = self.batch([item["memory_id"] for item in given])
        named = [item["other_id"] for item in given if item["other_id"]]
        others = {memory.pk: memory for memory in self.batch(named)}
        return [
            Decision(memory, item["verdict"], item["text"], others.get(item["other_id"]))
            for memory, item in zip(memories, given, strict=True)
        ]


class PolicyView(ReviewView):
    """`/api/v1/review/policy/`."""

    def get(self, request: Request) -> Response:
        """Return the project's policy."""
        self._refuse_limited()
        return Response(self._policy())

    def put(self, request: Request) -> Response:
        """Replace the project's policy and return it."""
        self._refuse_limited()
        require_administration(self.principal, self.project)
        given = self.read(PolicySerializer)
        with transaction.atomic():
            rules, trust = rules_of(given, self.project), trust_of(given, self.project)
            replace_policy(project=self.project, rules=rules, trust=trust, actor=self.actor)
        return Response(self._policy())

    def _policy(self) -> dict[str, Any]:
        rules = ReviewRule.objects.for_principal(self.principal).in_project(self.project).select_related("app")
        trust = SourceTrust.objects.for_principal(self.principal).in_project(self.project).order_by("pk")
        related = trust.select_related("app", "agent", "api_key")
        return {"rules": [rule_shape(rule) for rule in rules], "trust": [trust_shape(item) for item in related]}

    def _refuse_limited(self) -> None:
        if self.principal.end_user_name:
            raise Http404("This API key is limited to one end user, and the policy is for the whole project.")


class SuppressionsView(ReviewView):
    """`GET /api/v1/review/suppressions/`."""

    def get(self, request: Request) -> Response:
        """Return a page of what is never remembered again, newest first."""
        return Response(paged(request, self.whose(suppressions(self)), suppression_shape, **self.page()))


class SuppressionView(ReviewView):
    """`DELETE /api/v1/review/suppressions/{suppression_id}/`."""

    def delete(self, request: Request, suppression_id: str) -> Response:
        """Let it be remembered again when it is next said."""
        with transaction.atomic():
            suppression = (
                suppressions(self).filter(pk=parse_id(suppression_id)).select_for_update(of=("self",)).first()
            )
            if suppression is None:
                raise Http404(f"There is no suppression {suppression_id}.")
            lift(suppression, actor=self.actor)
        return Response({"message": "It may be remembered again."})


def suppressions(view: View) -> SuppressionQuerySet:
    """Return the suppressions that the caller may see."""
    mine = Suppression.objects.for_principal(view.principal).in_project(view.project)
    return mine.select_related("end_user")
