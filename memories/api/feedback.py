"""Feedback on a memory."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View
from memories.api.derived_serializers import FeedbackSerializer
from memories.services.feedback import give_feedback


class FeedbackView(View):
    """`POST /v1/feedback/`."""

    def post(self, request: Request) -> Response:
        """Store what the app thinks of a memory, or take it back."""
        given = self.read(FeedbackSerializer)
        feedback = give_feedback(
            memory=self.memory(given["memory_id"]),
            principal=self.principal,
            value=given["feedback"],
            reason=given.get("feedback_reason") or "",
        )
        if feedback is None:
            return Response({"id": None, "feedback": None, "feedback_reason": None})
        return Response(
            {"id": str(feedback.pk), "feedback": feedback.value, "feedback_reason": feedback.reason or None}
        )
