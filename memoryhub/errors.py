"""The answers for what goes wrong before or outside a view: JSON for the API, a page for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from memoryhub.middleware import json_error, wants_json


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: Django refused the request, for its Host header, say."""
    return _answer(request, 400, "invalid", "The request can't be understood.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return _answer(request, 403, "forbidden", "You may not do that.", reason=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    hint = "" if request.path_info.endswith("/") else " Paths end in a slash."
    return _answer(request, 404, "not_found", f"There is nothing at {request.path_info}.{hint}")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return _answer(request, 500, "internal_error", "Something went wrong on our side. The server's log says what.")


def _answer(request: HttpRequest, status: int, code: str, detail: str, *, reason: str = "") -> HttpResponse:
    if wants_json(request):
        return json_error(request, status, code, reason or detail)
    context = {"request_id": getattr(request, "id", ""), "reason": reason}
    return render(request, f"{status}.html", context, status=status)
