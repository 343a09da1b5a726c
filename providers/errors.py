"""What can go wrong with a model, whoever serves it: vendors' errors become these at the edge."""

from __future__ import annotations

from typing import ClassVar


class ProviderError(Exception):
    """A provider did not give what was asked. The message says what to do about it.

    `retryable` tells whether the same call may succeed later; `retry_after` is the provider's wish, in seconds;
    `tokens` are those in and out that the call cost all the same.
    """

    retryable: ClassVar[bool] = False
    tokens: tuple[int, int] = (0, 0)

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ProviderTimeout(ProviderError):
    """No answer in the time allowed."""

    retryable = True


class ProviderUnavailable(ProviderError):
    """Nobody listens there, the connection broke, or the server failed on its own account."""

    retryable = True


class ProviderRateLimited(ProviderError):
    """Too many calls for now; the account itself is in order."""

    retryable = True


class ProviderRejected(ProviderError):
    """The call cannot succeed as configured: a wrong key, model or URL, or nothing left to spend."""


class ProviderRefused(ProviderError):
    """The model, or a filter in front of it, will not answer this text."""


class ProviderInvalidOutput(ProviderError):
    """The answer is cut short, or is not what the protocol or the schema asks for."""

    retryable = True
