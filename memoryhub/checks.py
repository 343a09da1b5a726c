"""What `manage.py check` verifies of the environment; each finding says how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from accounts.rates import parse_rate

URL_SETTINGS = {
    "OPENAI_BASE_URL": ("http", "https"),
    "EMBEDDING_BASE_URL": ("http", "https"),
    "RERANK_BASE_URL": ("http", "https"),
    "PUBLIC_URL": ("http", "https"),
    "NEO4J_URI": ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"),
}


@register()
def urls_are_urls(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Check that each address is one, of a kind we can use."""
    errors: list[CheckMessage] = []
    for name, schemes in URL_SETTINGS.items():
        value = getattr(settings, name)
        parts = urlsplit(value)
        if value and (parts.scheme not in schemes or not parts.hostname):
            expected = " or ".join(f"{scheme}://" for scheme in schemes[:2])
            errors.append(
                Error(f"{name} is {value!r}.", hint=f"Write it as {expected}host:port.", id="memoryhub.E001")
            )
    return errors


@register()
def keys_go_to_an_address(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of settings that are set but can't take effect."""
    idle: list[tuple[Any, Callable[..., CheckMessage], str, str, str]] = [
        (
            settings.NEO4J_URI and not settings.NEO4J_PASSWORD,
            *(Warning, "W001", "NEO4J_URI is set without NEO4J_PASSWORD.", "Set it."),
        ),
        (
            settings.EMBEDDING_BASE_URL and not settings.EMBEDDING_MODEL,
            *(Error, "E002", "EMBEDDING_BASE_URL is set without EMBEDDING_MODEL."),
            "Name the model as that server knows it, or unset both for the embedded one.",
        ),
        (
            (settings.RERANK_MODEL or settings.RERANK_ALWAYS) and not settings.RERANK_BASE_URL,
            *(Error, "E004", "Reranking is set without RERANK_BASE_URL."),
            "Name the server, such as https://api.jina.ai/v1, or unset RERANK_MODEL and RERANK_ALWAYS.",
        ),
        (
            settings.QUERY_REWRITING and "rewriting" not in settings.PROVIDERS,
            *(Warning, "W003", "QUERY_REWRITING is set, but no language model."),
            "Set OPENAI_API_KEY, OPENAI_BASE_URL or REWRITING_MODELS too.",
        ),
        (
            settings.OPENAI_VISION_MODEL and "vision" not in settings.PROVIDERS,
            *(Warning, "W002", "OPENAI_VISION_MODEL is set, but no language model's server."),
            "Set OPENAI_API_KEY or OPENAI_BASE_URL too.",
        ),
    ]
    return [kind(said, hint=hint, id=f"memoryhub.{name}") for is_so, kind, name, said, hint in idle if is_so]


@register()
def rates_are_rates(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Check what is said of how often keys and projects may call."""
    errors: list[CheckMessage] = []
    for name in ("RATE_LIMIT_PER_KEY", "RATE_LIMIT_PER_PROJECT"):
        try:
            parse_rate(getattr(settings, name))
        except ValueError as error:
            reason, _stop, hint = str(error).partition(". ")
            errors.append(Error(f"{name}: {reason}.", hint=hint, id="memoryhub.E003"))
    return errors
