"""Instructions for a use case."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from memories.api.base import View
from memories.api.derived_serializers import InstructionsSerializer
from memories.api.derived_shapes import NO_MODEL
from memories.derivation.instructions import write_instructions
from memories.metering.charging import charged_to
from memories.providers import get_chat
from memories.services.jobs import release_connection


class InstructionsView(View):
    """`POST /v1/generate-instructions/`."""

    def post(self, request: Request) -> Response:
        """Return extraction instructions for a use case, and a message to test them with; nothing is stored."""
        given = self.read(InstructionsSerializer)
        chat = get_chat()
        release_connection()
        with charged_to(self.project.pk):
            written = write_instructions(given["use_case"], chat=chat)
        answer: dict[str, Any] = {
            "custom_instructions": written.custom_instructions,
            "test_message": written.test_message,
            "generated_by": written.maker,
        }
        if chat is None:
            answer["note"] = f"{NO_MODEL} This is a template around your use case; change it as you need."
        return Response(answer)
