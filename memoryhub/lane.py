"""A shorter way for calls of apps: only the middleware that they have use for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

GetResponse = Callable[[HttpRequest], HttpResponse]
# /api/ has pages, too, for people with a session.
ROOTS = {"v1", "v2", "v3"}


def api_lane(get_response: GetResponse) -> GetResponse:
    """Take calls under the API's roots past settings.MIDDLEWARE, through settings.API_MIDDLEWARE, to their views.

    Sessions, CSRF tokens, messages and what else pages need cost a small call as much as its own work.
    """
    lane = _Lane().answer

    def middleware(request: HttpRequest) -> HttpResponse:
        root = request.path_info.lstrip("/").split("/", 1)[0]
        return lane(request) if root in ROOTS else get_response(request)

    return middleware


class _Lane(BaseHandler):
    """Django's own handler with another list; it makes the chain as BaseHandler.load_middleware does."""

    def __init__(self) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        answer: Any = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(settings.API_MIDDLEWARE):
            instance = import_string(path)(answer)
            if hasattr(instance, "process_exception"):
                self._exception_middleware.append(self.adapt_method_mode(False, instance.process_exception))
            if hasattr(instance, "process_view"):
                self._view_middleware.insert(0, self.adapt_method_mode(False, instance.process_view))
            answer = convert_exception_to_response(instance)
        self.answer: GetResponse = answer
