"""The `Idempotency-Key` header, for every view that writes.

After https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from memories.api.rendering import QuickJSONRenderer
from memories.models import KeyedCall
from memories.services.idempotency import release, reserve, settle

if TYPE_CHECKING:
    from accounts.principal import Principal

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[ -~]{1,255}")
WRITES = ("POST", "PUT", "PATCH", "DELETE")


class Answered(Exception):
    """The call was answered before."""

    def __init__(self, response: Response) -> None:
        self.response = response
        super().__init__()


class OnceView(APIView):
    """A view that carries out a write with an Idempotency-Key once, and answers its repetitions with that answer.

    `repeatable` names the methods of which carrying a call out a second time does no harm, because the view uses
    `import_key` or changes nothing that is changed already; see memories/services/idempotency.py for when that
    matters.
    """

    scopes: dict[str, str] = {}
    repeatable: tuple[str, ...] = ()
    reservation: KeyedCall | None = None

    @property
    def import_key(self) -> str | None:
        """Return what makes an event of this call the same one when it is recorded again."""
        return f"idempotency/{self.reservation.pk}" if self.reservation else None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Reserve the call, after the caller was let in."""
        super().initial(request, *args, **kwargs)
        idempotency_key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        method = str(request.method)
        # Listing and searching by POST change nothing, so they may be repeated as they are.
        reads = method not in WRITES or self.scopes.get(method) == "read"
        if idempotency_key is None or reads:
            return
        if not KEY.fullmatch(idempotency_key):
            raise exceptions.ValidationError(f"An {HEADER} has 1 to 255 characters, all of them printable ASCII.")
        principal: Principal = request.auth  # type: ignore[assignment]
        assert principal.api_key is not None
        principal.confirm()
        call = reserve(
            key=principal.api_key,
            call=(method, request.path),
            idempotency_key=idempotency_key,
            content=[request.META.get("QUERY_STRING", ""), request.data],
            repeatable=method in self.repeatable,
        )
        if call.answer is not None:
            answer = self.replayed(json.loads(call.answer))
            raise Answered(Response(answer, status=call.status, headers={REPLAYED: "true"}))
        self.reservation = call

    def replayed(self, answer: Any) -> Any:
        """Return what a repetition is answered: the first answer, unless the protocol tells them apart in the body."""
        return answer

    def handle_exception(self, exc: Exception) -> Response:
        """Answer as before, or turn the exception into an answer; one that can't be gives the reservation up."""
        if isinstance(exc, Answered):
            return exc.response
        try:
            return super().handle_exception(exc)
        except Exception:
            if self.reservation:
                with suppress(DatabaseError):
                    release(self.reservation)
            raise

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep the answer, unless its cause may pass."""
        if self.reservation and _may_pass(response.status_code):
            release(self.reservation)
        elif self.reservation:
            answer = QuickJSONRenderer().render(response.data).decode()
            # The answer to a DELETE says that it was done, not what is gone.
            harmless = request.method == "DELETE"
            settle(self.reservation, status=response.status_code, answer=answer, harmless=harmless)
        return super().finalize_response(request, response, *args, **kwargs)


def _may_pass(status: int) -> bool:
    return status in (413, 429) or status >= 500
