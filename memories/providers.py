"""The configured models, built once per process."""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver

from memories.extraction.types import Extractor
from providers.base import ChatModel, Embedder, VisionModel
from providers.build import build

EMBEDDED = "providers.embedded.EmbeddedEmbedder"


@cache
def get_provider(kind: str) -> Any:
    """Return the provider of `kind` that settings.PROVIDERS describes; raise KeyError if there is none."""
    return build(settings.PROVIDERS[kind])


def get_embedder() -> Embedder:
    """Return what turns text into vectors: there always is one."""
    return cast(Embedder, get_provider("embedder"))


def has_llm() -> bool:
    """Tell whether a chat model is configured."""
    return "chat" in settings.PROVIDERS


def get_chat() -> ChatModel | None:
    """Return the language model, or None where none is configured."""
    return cast(ChatModel, get_provider("chat")) if has_llm() else None


def has_vision() -> bool:
    """Tell whether a model that sees is configured."""
    return "vision" in settings.PROVIDERS


def get_vision() -> VisionModel:
    """Return the model that sees; raise KeyError if there is none."""
    return cast(VisionModel, get_provider("vision"))


def calls_network() -> bool:
    """Tell whether ingestion waits for models elsewhere."""
    return has_llm() or settings.PROVIDERS["embedder"]["BACKEND"] != EMBEDDED


@cache
def get_extractor() -> Extractor:
    """Return what reads conversations: a language model if one is configured, else the verbatim extractor."""
    if chat := get_chat():
        from memories.extraction.llm import LLMExtractor

        return LLMExtractor(chat, tokens=settings.EXTRACTION_TOKENS)
    from memories.extraction.verbatim import VerbatimExtractor

    return VerbatimExtractor()


def warm_up() -> None:
    """Load an embedded model now, in the background, rather than in somebody's first request."""
    if settings.PROVIDERS["embedder"]["BACKEND"] == EMBEDDED:
        threading.Thread(target=lambda: get_embedder().embed_query("warm-up"), name="warm-up", daemon=True).start()


@receiver(setting_changed)
def _forget_providers(setting: str, **kwargs: Any) -> None:
    """Rebuild after tests override the setting; it never changes in a running product."""
    if setting == "PROVIDERS":
        get_provider.cache_clear()
        get_extractor.cache_clear()
