"""Errors as clients read them: JSON with `detail`, `error`, `code` and `request_id`."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from types import UnionType
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.errors import NotAMember, Refused, UnknownPerson
from memories.api.exceptions import BodyTooLarge, Conflict, QuotaReached, Unavailable, Unprocessable
from memories.filters import InvalidFilter
from memories.services.erasure.certificates import NotErased
from memories.services.idempotency import CannotRepeat, KeyReused
from memories.services.privacy import PrivacyRefused
from memories.services.quotas import QuotaExceeded
from memories.services.revise import Immutable, VersionConflict
from memories.services.undo import NoSuchVersion
from providers.errors import ProviderError


def exception_handler(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of a view into a response, or return None for Django to answer 500 or 503."""
    translated = _translate(exception)
    if translated is None:
        return None
    detail = _sentence(translated.detail)
    request = context["request"]
    body: dict[str, Any] = {
        "detail": detail,
        "error": detail,
        "code": _code(translated),
        "request_id": getattr(request._request, "id", ""),
    }
    if isinstance(translated.detail, dict):
        body["fields"] = translated.detail
    response = Response(body, status=translated.status_code)
    if isinstance(translated, exceptions.AuthenticationFailed | exceptions.NotAuthenticated):
        response["WWW-Authenticate"] = getattr(translated, "auth_header", "Token")
    if wait := getattr(translated, "wait", None):
        response["Retry-After"] = str(max(1, ceil(wait)))
    set_rollback()
    return response


def _translate(exception: Exception) -> exceptions.APIException | None:
    if isinstance(exception, exceptions.APIException):
        return exception
    for kind, translate in TRANSLATIONS:
        if isinstance(exception, kind):
            return translate(exception)
    return None


def _refusal(exception: Refused) -> exceptions.APIException:
    if isinstance(exception, UnknownPerson):
        return exceptions.ValidationError(str(exception))
    if isinstance(exception, NotAMember):
        return exceptions.NotFound(str(exception))
    return Conflict(str(exception), code="refused")


def _refused_repetition(exception: CannotRepeat) -> exceptions.APIException:
    if isinstance(exception, KeyReused):
        return Unprocessable(str(exception), exception.code)
    conflict = Conflict(str(exception), exception.code)
    conflict.wait = exception.wait
    return conflict


TRANSLATIONS: list[tuple[type[Exception] | UnionType, Callable[[Any], exceptions.APIException]]] = [
    (Http404, lambda exception: exceptions.NotFound(str(exception) or None)),
    (PermissionDenied, lambda exception: exceptions.PermissionDenied(str(exception) or None)),
    (RequestDataTooBig, lambda exception: BodyTooLarge()),
    (InvalidFilter, lambda exception: exceptions.ValidationError({"filters": [str(exception)]})),
    (Refused, _refusal),
    (VersionConflict | Immutable, lambda exception: Conflict(str(exception))),
    (NoSuchVersion, lambda exception: exceptions.NotFound(str(exception))),
    (NotErased, lambda exception: Conflict(str(exception), code="not_erased")),
    (PrivacyRefused, lambda exception: Unprocessable(str(exception), "privacy_refused")),
    (QuotaExceeded, lambda exception: QuotaReached(str(exception))),
    (CannotRepeat, _refused_repetition),
    (ProviderError, Unavailable),
]


def _sentence(detail: Any) -> str:
    """Write DRF's nested details as one sentence, each part under its field."""
    if isinstance(detail, dict):
        return " ".join(
            _sentence(value) if key == "non_field_errors" else f"{key}: {_sentence(value)}"
            for key, value in detail.items()
        )
    if isinstance(detail, list):
        return " ".join(_sentence(item) for item in detail if item)
    return str(detail)


def _code(exception: exceptions.APIException) -> str:
    codes = exception.get_codes()
    return codes if isinstance(codes, str) else "invalid"
