"""Where the servers that speak OpenAI's protocol are: {"preset": "groq"} in a provider's OPTIONS saves looking it up.

A preset names no model, because vendors withdraw models within months.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A server; its key is read from the environment variable `key_variable`, None where none is needed."""

    base_url: str
    key_variable: str | None = None
    batch_size: int | None = None  # texts per embedding call, where the server takes less than usual


PRESETS = {
    "openai": Preset("https://api.openai.com/v1", "OPENAI_API_KEY"),
    "anthropic": Preset("https://api.anthropic.com/v1", "ANTHROPIC_API_KEY"),
    "deepseek": Preset("https://api.deepseek.com", "DEEPSEEK_API_KEY"),
    "doubao": Preset("https://ark.cn-beijing.volces.com/api/v3", "ARK_API_KEY"),
    "gemini": Preset("https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
    "groq": Preset("https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    "mistral": Preset("https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    "moonshot": Preset("https://api.moonshot.ai/v1", "MOONSHOT_API_KEY"),
    "openrouter": Preset("https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
    "qwen": Preset("https://dashscope.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY", batch_size=10),
    "together": Preset("https://api.together.xyz/v1", "TOGETHER_API_KEY"),
    "xai": Preset("https://api.x.ai/v1", "XAI_API_KEY"),
    # On this machine, at the port each listens on unless told otherwise.
    "lmstudio": Preset("http://localhost:1234/v1"),
    "ollama": Preset("http://localhost:11434/v1"),
    "tei": Preset("http://localhost:8080/v1"),
    "vllm": Preset("http://localhost:8000/v1"),
}
