"""The configured models, built once per process."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver

from accounts.models import Project
from memories.extraction.types import Extractor
from memories.metering.charging import ProjectMeter
from memories.models.embedder import KnownEmbedder
from providers.base import ChatModel, Embedder, Reranker, VisionModel
from providers.build import build, label
from providers.embedded import EmbeddedEmbedder
from providers.errors import ProviderRejected
from providers.fallback import FallbackChat, FallbackVision
from providers.metering import MeteredChat, MeteredEmbedder, MeteredReranker, MeteredVision
from providers.query_cache import QueryCache

EMBEDDED = "providers.embedded.EmbeddedEmbedder"
CHAT, CONSOLIDATION, REWRITING = "chat", "consolidation", "rewriting"
RERANKER = "reranker"
# The kinds of which a list is asked in turn.
CHAINS: dict[str, Any] = {
    CHAT: FallbackChat,
    CONSOLIDATION: FallbackChat,
    REWRITING: FallbackChat,
    "vision": FallbackVision,
}


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
    if kind == RERANKER:
        return MeteredReranker(cast(Reranker, built), provider=label(config), meter=ProjectMeter())
    if kind == "embedder":
        embedder = cast(Embedder, built)
        if config["BACKEND"] != EMBEDDED:
            embedder = MeteredEmbedder(embedder, provider=label(config), meter=ProjectMeter())
        return QueryCache(embedder)
    return built


def get_embedder(name: str = "") -> Embedder:
    """Return what turns text into vectors: the embedder that the settings describe, or the one called `name`.

    Raises ProviderRejected if that is another one of which nothing is known.
    """
    configured = cast(Embedder, get_provider("embedder"))
    return configured if name in ("", configured.name) else _embedder_of_before(name)


@cache
def _embedder_of_before(name: str) -> Embedder:
    if name == EmbeddedEmbedder.name:
        return cast(Embedder, _metered("embedder", {"BACKEND": EMBEDDED}))
    known = KnownEmbedder.objects.filter(name=name).first()
    if known is None:
        raise ProviderRejected(
            f"These vectors are by {name}, which is not configured and was never seen at a start. Configure it once "
            "more, start MemoryHub, and only then change the settings."
        )
    options = {**known.options, "api_key": _key_of_before(known.options.get("base_url"))}
    return cast(Embedder, _metered("embedder", {"BACKEND": known.backend, "OPTIONS": options}))


def _key_of_before(base_url: str | None) -> str:
    """Return the key to a server that was configured before: its own if set, else that of the present one there."""
    if settings.PREVIOUS_EMBEDDING_API_KEY:
        return str(settings.PREVIOUS_EMBEDDING_API_KEY)
    present = settings.PROVIDERS["embedder"].get("OPTIONS", {})
    same = "base_url" in present and present["base_url"] == base_url
    return str(present.get("api_key")) if same else "none"


def remember_embedder() -> None:
    """Note how the present embedder is configured, without its key or a password, for when another one is."""
    config = settings.PROVIDERS["embedder"]
    options = {name: value for name, value in config.get("OPTIONS", {}).items() if name != "api_key"}
    if options.get("base_url"):
        options["base_url"] = re.sub(r"//[^/@]*@", "//", options["base_url"])
    KnownEmbedder.objects.update_or_create(
        name=get_embedder().name, defaults={"backend": config["BACKEND"], "options": options}
    )


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


def get_reranker() -> Reranker | None:
    """Return the reranking model, None where none is configured."""
    return cast(Reranker, get_provider(RERANKER)) if RERANKER in settings.PROVIDERS else None


def get_rewriter() -> ChatModel | None:
    """Return the language model that rewrites questions, None where that isn't asked for."""
    return cast(ChatModel, get_provider(REWRITING)) if REWRITING in settings.PROVIDERS else None


def has_vision() -> bool:
    """Tell whether a model that sees is configured."""
    return "vision" in settings.PROVIDERS


def get_vision() -> VisionModel:
    """Return the model that sees; raise KeyError if there is none."""
    return cast(VisionModel, get_provider("vision"))


def calls_network() -> bool:
    """Tell whether ingestion waits for models elsewhere."""
    return has_llm() or settings.PROVIDERS["embedder"]["BACKEND"] != EMBEDDED


def asks_elsewhere(project: Project) -> bool:
    """Tell whether a call for `project` may wait for a model outside of this process, and cost something."""
    return len(settings.PROVIDERS) > 1 or calls_network() or project.embedder not in ("", get_embedder().name)


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
        _embedder_of_before.cache_clear()
