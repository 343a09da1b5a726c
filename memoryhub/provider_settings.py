"""Which models are used, read from the environment; docs/configuration.md explains each variable."""

from __future__ import annotations

from typing import Any

from memoryhub.environment import Environment

Config = dict[str, Any]


def providers(env: Environment) -> dict[str, Config]:
    """Return settings.PROVIDERS: kind -> BACKEND and OPTIONS."""
    found = {"embedder": _embedder(env)}
    if chat := _chat(env):
        found["chat"] = chat
        # The model that sees images, on the same server; it may be OPENAI_MODEL, if that one sees.
        if model := env.str("OPENAI_VISION_MODEL", default=""):
            options = {**chat["OPTIONS"], "model": model}
            found["vision"] = {"BACKEND": "providers.openai_vision.OpenAIVision", "OPTIONS": options}
    return found


def _chat(env: Environment) -> Config | None:
    key, base_url = _openai(env)
    if not key and not base_url:
        return None
    return {
        "BACKEND": "providers.openai_chat.OpenAIChat",
        "OPTIONS": {
            "api_key": key or "none",
            "base_url": base_url or None,
            "model": env.str("OPENAI_MODEL", default="gpt-4.1-mini"),
            "timeout": env.float("OPENAI_TIMEOUT", default=60.0),
        },
    }


def _embedder(env: Environment) -> Config:
    model = env.str("EMBEDDING_MODEL", default="")
    if not model:
        return {"BACKEND": "providers.embedded.EmbeddedEmbedder", "OPTIONS": {}}
    openai_key, openai_url = _openai(env)
    base_url = env.str("EMBEDDING_BASE_URL", default="")
    # A key is for the server it was given for: another one must not see it.
    shared_key = openai_key if base_url in ("", openai_url) else ""
    return {
        "BACKEND": "providers.openai_embedder.OpenAIEmbedder",
        "OPTIONS": {
            "api_key": env.str("EMBEDDING_API_KEY", default="") or shared_key or "none",
            "base_url": base_url or openai_url or None,
            "model": model,
            "timeout": env.float("EMBEDDING_TIMEOUT", default=30.0),
            "dimensions": env.int("EMBEDDING_DIMENSIONS", default=0) or None,
            "query_prefix": env.str("EMBEDDING_QUERY_PREFIX", default=""),
            "document_prefix": env.str("EMBEDDING_DOCUMENT_PREFIX", default=""),
            "batch_size": env.int("EMBEDDING_BATCH_SIZE", default=32),
        },
    }


def _openai(env: Environment) -> tuple[str, str]:
    """Return the key and the address given for OpenAI's protocol, "" for what isn't."""
    return env.str("OPENAI_API_KEY", default=""), env.str("OPENAI_BASE_URL", default="")
