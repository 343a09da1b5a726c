"""The `openai` package, and its errors in our words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import openai
from openai.types.chat import ChatCompletion

from providers import errors
from providers.wire_errors import error_for, error_in, words_of

OPENAI_URL = "https://api.openai.com/v1"


def connect(*, base_url: str | None, api_key: str, timeout: float, api_version: str | None = None) -> openai.OpenAI:
    """Return a client for all threads; `timeout` is in seconds.

    With an `api_version` it speaks as Azure does: the key in a header of its own, the model's deployment in the path
    (https://learn.microsoft.com/azure/ai-services/openai/reference). Without one, Azure's `/openai/v1/` serves as any
    other base URL. It does not retry: the job does, later and without holding a worker.
    """
    if api_version:
        return openai.AzureOpenAI(
            azure_endpoint=base_url or "", api_key=api_key, api_version=api_version, timeout=timeout, max_retries=0
        )
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
            error.status_code, words_of(error.body or error.message, client.api_key), where, error.response.headers
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
        raise error_in(failure, where, client.api_key)


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


def tokens_of(answer: ChatCompletion) -> tuple[int, int]:
    """Return the tokens in and out that the answer cost, as far as the server says."""
    usage = answer.usage
    return (usage and usage.prompt_tokens) or 0, (usage and usage.completion_tokens) or 0
