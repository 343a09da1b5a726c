"""The configured models, built once per process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver

from memories.extraction.types import Extractor
from memories.metering.charging import ProjectMeter
from providers.base import ChatModel, Embedder, VisionModel
from providers.build import build, label
from providers.fallback import FallbackChat, FallbackVision
from providers.metering import MeteredChat, MeteredEmbedder, MeteredVision

EMBEDDED = "providers.embedded.EmbeddedEmbedder"
CHAT, CONSOLIDATION = "chat", "consolidation"
# The kinds of which a list is asked in turn.
CHAINS: dict[str, Any] = {CHAT: FallbackChat, CONSOLIDATION: FallbackChat, "vision": FallbackVision}


@cache
def get_provider(kind: str) -> Any:
    """Return the provider of `kind` that settings.PROVIDERS describes; raise KeyError if there is none.

    Of a list, each is asked in turn until one answers. Calls that leave the process are metered.
    """
    config: dict[str, Any] | list[dict[str, Any]] = settings.PROVIDERS[kind]
    if not isinstance(config, list):
        return _metered(kind, config)
    if kind not in CHAINS:
        raise ValueError(f"The {kind} must be one provider, not a list: two would not agree.")
    return CHAINS[kind]([_metered(kind, each) for each in config])


def _metered(kind: str, config: Mapping[str, Any]) -> object:
    built = build(config)
    if kind == "vision":
        return MeteredVision(cast(VisionModel, built), provider=label(config), meter=ProjectMeter())
    if kind in CHAINS:
        return MeteredChat(cast(ChatModel, built), provider=label(config), meter=ProjectMeter())
    if kind == "embedder" and config["BACKEND"] != EMBEDDED:
        return MeteredEmbedder(cast(Embedder, built), provider=label(config), meter=ProjectMeter())
    return built


def get_embedder() -> Embedder:
    """Return what turns text into vectors: there always is one."""
    return cast(Embedder, get_provider("embedder"))


def has_llm() -> bool:
    """Tell whether a chat model is configured."""
    return CHAT in settings.PROVIDERS


def get_chat(kind: str = CHAT) -> ChatModel | None:
    """Return the language model for extraction or, of kind CONSOLIDATION, for what is made of many memories.

    The one does the other's work where only it is configured. None where no model is.
    """
    if not has_llm():
        return None
    return cast(ChatModel, get_provider(kind if kind in settings.PROVIDERS else CHAT))


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


def warm_up(*, reads: bool = False) -> None:
    """Load now, in the background, what else a first call would wait for: an embedded model, and if it `reads`
    conversations, the client of the language model.
    """

    def load() -> None:
        if settings.PROVIDERS["embedder"]["BACKEND"] == EMBEDDED:
            get_embedder().embed_query("warm-up")
        if reads:
            get_extractor()

    threading.Thread(target=load, name="warm-up", daemon=True).start()


@receiver(setting_changed)
def _forget_providers(setting: str, **kwargs: Any) -> None:
    """Rebuild after tests override the setting; it never changes in a running product."""
    if setting == "PROVIDERS":
        get_provider.cache_clear()
        get_extractor.cache_clear()
