"""Errors as clients read them: JSON with `detail`, `error`, `code` and `request_id`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from accounts.errors import NotAMember, Refused, UnknownPerson
from memories.filters import InvalidFilter
from memories.services.revise import Immutable, VersionConflict
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
        response["Retry-After"] = str(int(wait) or 1)
    set_rollback()
    return response


class Conflict(exceptions.APIException):
    """409."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "version_conflict"


class BodyTooLarge(exceptions.APIException):
    """413."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"

    def __init__(self) -> None:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        super().__init__(f"A request's body may have {limit} bytes. Send less at a time.")


class Unavailable(exceptions.APIException):
    """503: a model that we depend on did not answer."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "provider_unavailable"


def _translate(exception: Exception) -> exceptions.APIException | None:
    if isinstance(exception, exceptions.APIException):
        return exception
    if isinstance(exception, Http404):
        return exceptions.NotFound(str(exception) or None)
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied(str(exception) or None)
    if isinstance(exception, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(exception, InvalidFilter):
        return exceptions.ValidationError({"filters": [str(exception)]})
    if isinstance(exception, Refused):
        return _refusal(exception)
    if isinstance(exception, VersionConflict | Immutable):
        return Conflict(str(exception))
    if isinstance(exception, ProviderError):
        return Unavailable(str(exception))
    return None


def _refusal(exception: Refused) -> exceptions.APIException:
    if isinstance(exception, UnknownPerson):
        return exceptions.ValidationError(str(exception))
    if isinstance(exception, NotAMember):
        return exceptions.NotFound(str(exception))
    return Conflict(str(exception), code="refused")


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
