"""Which models are used, read from the environment; docs/configuration.md explains each variable."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from memoryhub.environment import Environment
from providers.presets import CHAT, PRESETS, RERANK_COHERE, RERANK_WIRES, VISION

Config = dict[str, Any]


def providers(env: Environment) -> dict[str, Any]:
    """Return settings.PROVIDERS: kind -> BACKEND and OPTIONS, or a list of them to be asked in turn.

    Ends the program with advice if a variable names a vendor that isn't known or can't be asked.
    """
    found: dict[str, Any] = {"embedder": _embedder(env)}
    timeout = env.float("OPENAI_TIMEOUT", default=60.0)
    named = {
        "chat": _chain("CHAT_MODELS", env.list("CHAT_MODELS", default=[]), timeout),
        "consolidation": _chain("CONSOLIDATION_MODELS", env.list("CONSOLIDATION_MODELS", default=[]), timeout),
        "vision": _chain("VISION_MODELS", env.list("VISION_MODELS", default=[]), timeout),
    }
    plain = {
        "chat": _openai(env, CHAT, env.str("OPENAI_MODEL", default="gpt-4.1-mini"), timeout),
        # On the same server; it may be OPENAI_MODEL, if that one sees.
        "vision": _openai(env, VISION, env.str("OPENAI_VISION_MODEL", default=""), timeout),
    }
    for kind, chain in named.items():
        if chosen := chain or plain.get(kind):
            found[kind] = chosen[0] if isinstance(chosen, list) and len(chosen) == 1 else chosen
    if reranker := _reranker(env):
        found["reranker"] = reranker
    if rewriting := _rewriting(env, found.get("chat")):
        found["rewriting"] = rewriting
    return found


def prices(env: Environment) -> dict[str, tuple[Decimal, Decimal]]:
    """Return settings.MODEL_PRICES: model -> what a million tokens cost, in and out."""
    return dict(map(_price, env.list("MODEL_PRICES", default=[])))


def budgets(env: Environment) -> dict[str, float]:
    """Return settings.MODEL_BUDGETS: what models may use up in a project whose own field is empty; 0 for no limit."""
    return {
        "daily_token_budget": env.int("BUDGET_TOKENS_PER_DAY", default=0),
        "monthly_token_budget": env.int("BUDGET_TOKENS_PER_MONTH", default=0),
        "daily_cost_budget": env.float("BUDGET_COST_PER_DAY", default=0.0),
        "monthly_cost_budget": env.float("BUDGET_COST_PER_MONTH", default=0.0),
    }


def _price(entry: str) -> tuple[str, tuple[Decimal, Decimal]]:
    model, _equals, price = entry.strip().rpartition("=")
    per_input, _slash, per_output = price.partition("/")
    try:
        if not model:
            raise InvalidOperation
        return model, (Decimal(per_input), Decimal(per_output))
    except InvalidOperation:
        raise SystemExit(
            f"MODEL_PRICES has {entry!r}. Write model=in/out, the prices of a million tokens: gpt-4.1-mini=0.40/1.60."
        ) from None


def _chain(variable: str, entries: list[str], timeout: float) -> list[Config]:
    """Return the provider of each `vendor:model`, in order."""
    return [config for entry in entries for config in _named(variable, entry.strip(), timeout)]


def _named(variable: str, entry: str, timeout: float) -> Iterator[Config]:
    vendor, _colon, model = entry.partition(":")
    if vendor not in PRESETS or not model:
        known = ", ".join(sorted(PRESETS))
        raise SystemExit(f"{variable} has {entry!r}. Write vendor:model with a vendor of {known}.")
    preset = PRESETS[vendor]
    if missing := preset.missing():
        raise SystemExit(f"{variable} names {vendor}, which needs {' and '.join(missing)}. Set it too.")
    backend = preset.vision if variable == "VISION_MODELS" else preset.chat
    yield {"BACKEND": backend, "OPTIONS": {"preset": vendor, "model": model, "timeout": timeout}}


def _openai(env: Environment, backend: str, model: str, timeout: float) -> Config | None:
    """Return the model on the server that OPENAI_BASE_URL and OPENAI_API_KEY name, None if they name none."""
    key, base_url = _server(env)
    if not model or not (key or base_url):
        return None
    options = {"api_key": key or "none", "base_url": base_url or None, "model": model, "timeout": timeout}
    return {"BACKEND": backend, "OPTIONS": options}


def _embedder(env: Environment) -> Config:
    model = env.str("EMBEDDING_MODEL", default="")
    if not model:
        return {"BACKEND": "providers.embedded.EmbeddedEmbedder", "OPTIONS": {}}
    openai_key, openai_url = _server(env)
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
            "api_version": env.str("EMBEDDING_API_VERSION", default="") or None,
        },
    }


def _reranker(env: Environment) -> Config | None:
    base_url, model = env.str("RERANK_BASE_URL", default=""), env.str("RERANK_MODEL", default="")
    wire = env.str("RERANK_WIRE", default=RERANK_COHERE)
    if wire not in RERANK_WIRES:
        raise SystemExit(f"RERANK_WIRE is {wire!r}; it must be {' or '.join(RERANK_WIRES)}.")
    if not base_url:
        return None
    options = {
        "base_url": base_url,
        "api_key": env.str("RERANK_API_KEY", default=""),
        "model": model,
        "wire": wire,
        "timeout": env.float("RERANK_TIMEOUT", default=2.0),
    }
    return {"BACKEND": "providers.http_reranker.HTTPReranker", "OPTIONS": options}


def _rewriting(env: Environment, chat: Config | list[Config] | None) -> Config | list[Config] | None:
    """Return the model that rewrites questions: its own if named, else the chat model, asked for a shorter time."""
    timeout = env.float("REWRITING_TIMEOUT", default=3.0)
    if chain := _chain("REWRITING_MODELS", env.list("REWRITING_MODELS", default=[]), timeout):
        return chain if len(chain) > 1 else chain[0]
    if not env.bool("QUERY_REWRITING", default=False) or chat is None:
        return None
    first = chat[0] if isinstance(chat, list) else chat
    return {**first, "OPTIONS": {**first["OPTIONS"], "timeout": timeout}}


def _server(env: Environment) -> tuple[str, str]:
    """Return the key and the address given for OpenAI's protocol, "" for what isn't."""
    return env.str("OPENAI_API_KEY", default=""), env.str("OPENAI_BASE_URL", default="")
