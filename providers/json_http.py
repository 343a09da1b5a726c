"""JSON over plain HTTP, for protocols without a package of their own, and its failures in our words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2

from providers import errors
from providers.wire_errors import error_for, error_in, words_of


class JSONServer:
    """One address that JSON is posted to, for all threads. It does not retry.

    `model` is what its errors call it; `api_key` is kept out of them. `timeout` is in seconds.
    """

    def __init__(self, url: str, *, model: str, api_key: str, headers: Mapping[str, str], timeout: float) -> None:
        self.where = f"{model} at {url.rpartition('/')[0]}"
        self._url = url
        self._api_key = api_key
        self._timeout = timeout
        self._client = httpx2.Client(headers=dict(headers), timeout=timeout)

    def post(self, request: Mapping[str, Any]) -> Any:
        """Return what the server answers with: an object or a list. Raises ProviderError."""
        try:
            answer = self._client.post(self._url, json=request)
        except httpx2.TimeoutException as error:
            raise errors.ProviderTimeout(
                f"{self.where} did not answer within {self._timeout} s. Raise the time-out or use a faster model."
            ) from error
        except (httpx2.TransportError, httpx2.InvalidURL) as error:
            raise errors.ProviderUnavailable(
                f"{self.where} cannot be reached ({error}). Check the base URL and that the server is up."
            ) from error
        body = _body(answer)
        failure = body.get("error") if isinstance(body, dict) else None
        if answer.status_code >= 400:
            said = words_of(failure or body or answer.text, self._api_key)
            raise error_for(answer.status_code, said, self.where, answer.headers)
        if not isinstance(body, dict | list):
            raise errors.ProviderInvalidOutput(
                f"{self.where} answered with something other than JSON. Check that the base URL ends as the vendor "
                "says."
            )
        if failure:
            raise error_in(failure, self.where, self._api_key)
        return body


def _body(answer: httpx2.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None
