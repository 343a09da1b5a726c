"""The answers that are errors, beside those that REST framework has."""

from __future__ import annotations

from django.conf import settings
from rest_framework import exceptions, status

from providers.errors import ProviderError

RETRY_AFTER_SECONDS = 5


class Conflict(exceptions.APIException):
    """409."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "version_conflict"
    wait: float | None = None


class BodyTooLarge(exceptions.APIException):
    """413."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "body_too_large"

    def __init__(self) -> None:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        super().__init__(f"A request's body may have {limit} bytes. Send less at a time.")


class QuotaReached(exceptions.APIException):
    """413, which mem0's clients raise as MemoryQuotaExceededError."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "quota_exceeded"


class Unprocessable(exceptions.APIException):
    """422."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class RateLimited(exceptions.APIException):
    """429."""

    status_code = status.HTTP_429_TOO_MANY_REQUESTS
    default_code = "rate_limited"

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(f"Too many requests. Send the next one in {wait} s.")


class Unavailable(exceptions.APIException):
    """503: a model that we depend on did not answer."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "provider_unavailable"

    def __init__(self, error: ProviderError) -> None:
        self.wait = RETRY_AFTER_SECONDS if error.retry_after is None else error.retry_after
        super().__init__(str(error))
