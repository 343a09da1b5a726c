"""The `openai` package, and its errors in our words.

Status codes and error bodies: https://platform.openai.com/docs/guides/error-codes. Other vendors follow loosely,
so what decides is the status code first and the words of the body only where the code says too little.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import openai
from openai.types.chat import ChatCompletion

from providers import errors

OPENAI_URL = "https://api.openai.com/v1"
# Error pages of proxies run to kilobytes; the beginning tells what happened.
LONGEST_DETAIL = 300
# Shorter ones are placeholders for servers without keys, and words that an error may well contain.
SHORTEST_KEY = 8
# Not "exceeded your current quota": Gemini says so of a limit per minute.
NOTHING_LEFT = ("insufficient_quota", "insufficient balance", "exceeded_current_quota_error")
FILTERED = ("content_filter", "content_policy_violation", "data_inspection_failed")


def connect(*, base_url: str | None, api_key: str, timeout: float) -> openai.OpenAI:
    """Return a client for all threads; `timeout` is in seconds.

    It does not retry: the job does, later and without holding a worker.
    """
    return openai.OpenAI(base_url=base_url or OPENAI_URL, api_key=api_key, timeout=timeout, max_retries=0)


@contextmanager
def translated(client: openai.OpenAI, model: str) -> Iterator[None]:
    """Raise the ProviderError that tells the operator what the package's error means."""
    where = f"{model} at {client.base_url}"
    try:
        yield
    except openai.APITimeoutError as error:
        raise errors.ProviderTimeout(
            f"{where} did not answer within {client.timeout} s. Raise the time-out or use a faster model."
        ) from error
    except openai.APIConnectionError as error:
        raise errors.ProviderUnavailable(
            f"{where} cannot be reached ({error.__cause__ or error}). Check the base URL and that the server is up."
        ) from error
    except openai.APIStatusError as error:
        raise error_for(
            error.status_code, _detail(error.body or error.message, client), where, error.response.headers
        ) from error
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise errors.ProviderInvalidOutput(f"{where} answered with something other than JSON.") from error


def check_body(answer: Any, client: openai.OpenAI, model: str) -> None:
    """Raise the ProviderError that a successful answer carries in its body, as gateways do (OpenRouter, LiteLLM)."""
    where = f"{model} at {client.base_url}"
    extra = getattr(answer, "model_extra", None)
    if extra is None:
        raise errors.ProviderInvalidOutput(
            f"{where} answered with something other than JSON. Check that the base URL ends as the vendor says."
        )
    if failure := extra.get("error"):
        code = str(failure.get("code")) if isinstance(failure, dict) else ""
        # A code that is no HTTP status does not say whether it will pass: retrying is the safe reading.
        status = int(code) if re.fullmatch("[45][0-9][0-9]", code) else 502
        raise error_for(status, _detail(failure, client), where, {})


def answer_text(answer: ChatCompletion, model: str) -> str:
    """Return what the model wrote; raise ProviderRefused or ProviderInvalidOutput if that is not all of it."""
    choice = answer.choices[0] if answer.choices else None
    # The package builds its objects without checking them, so a message may be missing or of any type.
    message = getattr(choice, "message", None)
    if choice is None or message is None:
        raise errors.ProviderInvalidOutput(f"{model} answered without a message. Check that it is a chat model.")
    finish_reason = getattr(choice, "finish_reason", None)
    if finish_reason == "content_filter":
        raise errors.ProviderRefused(f"The content filter of {model} blocked this text. Use another model for it.")
    if refusal := getattr(message, "refusal", None):
        raise errors.ProviderRefused(f"{model} refused: {str(refusal)[:300]} Use another model for it.")
    if finish_reason == "length":
        raise errors.ProviderInvalidOutput(f"The answer of {model} was cut short. Raise its limit of output tokens.")
    text = getattr(message, "content", None) or ""
    if not isinstance(text, str):
        raise errors.ProviderInvalidOutput(f"{model} answered with no text. Use a model that does not think aloud.")
    return text


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


def _detail(body: object, client: openai.OpenAI) -> str:
    """Return the server's own words, short and without the key, which some servers echo."""
    words = body
    if isinstance(body, dict):
        parts = (body.get(field) for field in ("message", "type", "code"))
        words = " ".join(str(part) for part in parts if part) or body
    text = " ".join(str(words).split())
    if len(client.api_key) >= SHORTEST_KEY:
        text = text.replace(client.api_key, "***")
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
