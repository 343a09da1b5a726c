"""What happens to every request before it finds its view."""

from __future__ import annotations

import contextlib
import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from accounts.limits import uncounted

GetResponse = Callable[[HttpRequest], HttpResponse]
logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 5
UNLIMITED = {"Retry-After": "0"}
API_ROOTS = {"v1", "v2", "v3", "api", "generate-instructions"}
# What is read of a body that nobody wanted; of more, the sender is told by the connection's end.
DRAINED_BYTES = 64 * 1024 * 1024


def drain_body(get_response: GetResponse) -> GetResponse:
    """Read what a view left of the body, as an error answered early does.

    The server closes a connection on which something is unread, and the client, that keeps it, finds its next call
    without an answer.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        with contextlib.suppress(OSError):
            left = DRAINED_BYTES
            while left > 0 and (chunk := request.read(65536)):
                left -= len(chunk)
        return response

    return middleware


def request_id(get_response: GetResponse) -> GetResponse:
    """Give every request an id that its answer and its log lines carry."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def rate_limit_headers(get_response: GetResponse) -> GetResponse:
    """Tell the callers of the API what is left to them; a call that no key was charged for has everything left."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if is_api(request):
            allowance = getattr(request, "allowance", None) or uncounted()
            for name, value in (allowance.headers() if allowance else UNLIMITED).items():
                # What refuses a call knows best how long to wait.
                response.setdefault(name, value)
        return response

    return middleware


def api_language(get_response: GetResponse) -> GetResponse:
    """Answer an app in the language that it asks for; LocaleMiddleware looks for one in each address as well."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asks = "HTTP_ACCEPT_LANGUAGE" in request.META
        language = translation.get_language_from_request(request) if asks else settings.LANGUAGE_CODE
        translation.activate(language)
        response = get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.setdefault("Content-Language", language)
        return response

    return middleware


def collapse_slashes(get_response: GetResponse) -> GetResponse:
    """Serve `//v1/ping/` as `/v1/ping/`: clients whose host ends in a slash send that and follow no redirect."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("//"):
            request.path_info = "/" + request.path_info.lstrip("/")
            request.path = request.META.get("SCRIPT_NAME", "").rstrip("/") + request.path_info
        return get_response(request)

    return middleware


def refuse_nul(get_response: GetResponse) -> GetResponse:
    """Answer 400 to a call whose address has a NUL: no text column can hold one, so no row can be meant."""

    def middleware(request: HttpRequest) -> HttpResponse:
        address = request.path_info + request.META.get("QUERY_STRING", "")
        if wants_json(request) and ("\x00" in address or "%00" in address):
            return json_error(request, 400, "invalid", "The address has a NUL character in it.")
        return get_response(request)

    return middleware


def wants_json(request: HttpRequest) -> bool:
    """Tell an API call from a page, for the errors that are answered before any view is reached."""
    return is_api(request) or request.path_info.startswith("/health/")


def is_api(request: HttpRequest) -> bool:
    """Tell whether the address is under one of the API's roots."""
    return request.path_info.lstrip("/").split("/", 1)[0] in API_ROOTS


def json_error(request: HttpRequest, status: int, code: str, detail: str) -> JsonResponse:
    """Build an error in the shape that all of the API's have; see memories/api/errors.py for those of its views."""
    body = {"detail": detail, "error": detail, "code": code, "request_id": getattr(request, "id", "")}
    return JsonResponse(body, status=status)


def database_outage(get_response: GetResponse) -> GetResponse:
    """Answer 503 with a way forward while Postgres is away; the next request tries a fresh connection."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        outage = getattr(request, "database_error", None)
        return unavailable(request) if outage else response

    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_outage(exception):
            return None
        logger.error("The database is not reachable: %s", exception)
        return unavailable(request)

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def is_outage(exception: BaseException) -> bool:
    """Tell a lost connection from a query that failed: the former has no SQLSTATE, or one of class 08 or 57P."""
    if not isinstance(exception, OperationalError | InterfaceError):
        return False
    sqlstate = getattr(exception.__cause__, "sqlstate", None)
    return sqlstate is None or sqlstate.startswith(("08", "57P", "53"))


def unavailable(request: HttpRequest) -> HttpResponse:
    """Build the 503, in the shape its reader expects."""
    close_old_connections()
    detail = "The database is not reachable right now. Nothing was stored; try again in a few seconds."
    response: HttpResponse
    if wants_json(request):
        response = json_error(request, 503, "database_unavailable", detail)
    else:
        response = render(request, "503.html", status=503, using=None)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
