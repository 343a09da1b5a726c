"""Where the vendors' servers are: {"preset": "groq"} in a provider's OPTIONS saves looking it up.

A preset names no model, because vendors withdraw models within months.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

CHAT = "providers.openai_chat.OpenAIChat"
VISION = "providers.openai_vision.OpenAIVision"
# The two protocols of `/rerank` endpoints; see providers/http_reranker.py.
RERANK_COHERE, RERANK_TEI = RERANK_WIRES = ("cohere", "tei")


@dataclass(frozen=True, slots=True)
class Preset:
    """A vendor's server, and the adapters that speak as it does.

    Its key is read from the environment variable `key_variable`. `url_variable` names another server than `base_url`;
    where that is empty, it must.
    """

    base_url: str
    key_variable: str
    url_variable: str = ""
    needs_key: bool = True
    batch_size: int | None = None  # texts per embedding call, where the server takes less than usual
    api_version: str = ""
    version_variable: str = ""
    chat: str = CHAT
    vision: str = VISION

    def url(self) -> str:
        """Return the server's address, "" where only the operator can know it."""
        return os.environ.get(self.url_variable, "").strip() or self.base_url

    def key(self) -> str:
        """Return the key; the package wants one even where the server does not."""
        return os.environ.get(self.key_variable, "").strip() or ("" if self.needs_key else "none")

    def version(self) -> str:
        """Return the version of the protocol, "" where there is only one."""
        return os.environ.get(self.version_variable, "").strip() or self.api_version

    def missing(self) -> list[str]:
        """Return the environment variables that must be set and aren't."""
        needed = ((self.url_variable, self.url()), (self.key_variable, self.key()))
        return [variable for variable, value in needed if not value]


def _local(base_url: str, name: str) -> Preset:
    """Return a server on this machine, at the port it listens on unless told otherwise."""
    return Preset(base_url, f"{name}_API_KEY", f"{name}_BASE_URL", needs_key=False)


PRESETS = {
    "openai": Preset("https://api.openai.com/v1", "OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "anthropic": Preset(
        "https://api.anthropic.com/v1",
        "ANTHROPIC_API_KEY",
        chat="providers.anthropic_chat.AnthropicChat",
        vision="providers.anthropic_vision.AnthropicVision",
    ),
    "azure": Preset(
        "",
        "AZURE_OPENAI_API_KEY",
        "AZURE_OPENAI_ENDPOINT",
        api_version="2024-10-21",
        version_variable="OPENAI_API_VERSION",
    ),
    "deepseek": Preset("https://api.deepseek.com", "DEEPSEEK_API_KEY"),
    "doubao": Preset("https://ark.cn-beijing.volces.com/api/v3", "ARK_API_KEY"),
    "gemini": Preset("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "groq": Preset("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "mistral": Preset("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "moonshot": Preset("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", "MOONSHOT_BASE_URL"),
    "openrouter": Preset("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "qwen": Preset(
        "https://dashscope.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY", "DASHSCOPE_BASE_URL", batch_size=10
    ),
    "together": Preset("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    "xai": Preset("https://api.x.ai/v1", "XAI_API_KEY"),
    "lmstudio": _local("http://localhost:1234/v1", "LMSTUDIO"),
    "ollama": _local("http://localhost:11434/v1", "OLLAMA"),
    "tei": _local("http://localhost:8080/v1", "TEI"),
    "vllm": _local("http://localhost:8000/v1", "VLLM"),
}
