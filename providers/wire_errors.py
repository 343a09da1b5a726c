"""What servers answer instead of an answer, in our words.

Status codes and error bodies: https://platform.openai.com/docs/guides/error-codes and
https://docs.anthropic.com/en/api/errors. Other vendors follow loosely, so what decides is the status code first, and
the words of the body only where the code says too little.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from providers import errors

# Error pages of proxies run to kilobytes; the beginning tells what happened.
LONGEST_DETAIL = 300
# Shorter ones are placeholders for servers without keys, and words that an error may well contain.
SHORTEST_KEY = 8
# Not "exceeded your current quota": Gemini says so of a limit per minute.
NOTHING_LEFT = ("insufficient_quota", "insufficient balance", "exceeded_current_quota_error")
FILTERED = ("content_filter", "content_policy_violation", "data_inspection_failed")


def error_for(status: int, detail: str, where: str, headers: Mapping[str, str]) -> errors.ProviderError:
    """Return our error for an HTTP status of 400 and more; `detail` is what the server said."""
    said = f"{where} answered {status}: {detail}"
    lowered = detail.lower()
    if any(word in lowered for word in FILTERED):
        return errors.ProviderRefused(f"{said} The content filter blocked this text.")
    if status == 402 or any(word in lowered for word in NOTHING_LEFT):
        return errors.ProviderRejected(f"{said} Add credit to the account or use another key.")
    if status == 429:
        return errors.ProviderRateLimited(f"{said} Slow down or raise the limit.", retry_after=_retry_after(headers))
    if status == 408:
        return errors.ProviderTimeout(f"{said} Use a faster model.")
    if status >= 500 or status == 409:
        return errors.ProviderUnavailable(f"{said} Try again later.", retry_after=_retry_after(headers))
    advice = {401: "Check the API key.", 403: "Check what the API key may do.", 404: "Check the base URL and model."}
    return errors.ProviderRejected(f"{said} {advice.get(status, 'Check the model and its options.')}")


def error_in(failure: object, where: str, api_key: str) -> errors.ProviderError:
    """Return our error for a failure that a successful answer carries in its body, as gateways do."""
    code = str(failure.get("code")) if isinstance(failure, dict) else ""
    # A code that is no HTTP status does not say whether it will pass: retrying is the safe reading.
    status = int(code) if re.fullmatch("[45][0-9][0-9]", code) else 502
    return error_for(status, words_of(failure, api_key), where, {})


def words_of(body: object, api_key: str) -> str:
    """Return the server's own words, short and without the key, which some servers echo."""
    words = body
    if isinstance(body, dict):
        parts = (body.get(field) for field in ("message", "type", "code"))
        words = " ".join(str(part) for part in parts if part) or body
    text = " ".join(str(words).split())
    if len(api_key) >= SHORTEST_KEY:
        text = text.replace(api_key, "***")
    return text[:LONGEST_DETAIL]


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Return seconds to wait from Retry-After, which holds seconds or a date (RFC 9110, 10.2.3)."""
    value = headers.get("retry-after")
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except ValueError:
            return None
    return max(seconds, 0.0)
