from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from providers.build import build, label
from providers.embedded import EmbeddedEmbedder
from providers.openai_chat import OpenAIChat
from providers.openai_embedder import OpenAIEmbedder
from providers.presets import PRESETS
from tests.providers.wire import OpenAIWire

CHAT = "providers.openai_chat.OpenAIChat"
EMBEDDER = "providers.openai_embedder.OpenAIEmbedder"
EMBEDDED = "providers.embedded.EmbeddedEmbedder"
ROOT = Path(__file__).parents[2]


def test_a_provider_from_its_description(wire: OpenAIWire) -> None:
    chat = build({"BACKEND": CHAT, "OPTIONS": {"model": "m", "api_key": "k", "base_url": wire.url}})

    assert isinstance(chat, OpenAIChat)
    chat.complete_json(system="s", user="u", schema={"type": "object"}, schema_name="anything")
    assert wire.chats[0]["model"] == "m"


def test_options_may_be_left_out() -> None:
    assert isinstance(build({"BACKEND": EMBEDDED}), EmbeddedEmbedder)


def test_without_a_base_url_it_is_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://elsewhere.example/v1")
    chat = build({"BACKEND": CHAT, "OPTIONS": {"model": "m", "api_key": "k", "base_url": None}})

    assert isinstance(chat, OpenAIChat)
    assert str(chat._client.base_url) == "https://api.openai.com/v1/"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_makes_a_provider(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    preset = PRESETS[name]
    for variable in (preset.url_variable, preset.version_variable):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv(preset.key_variable, "sk-from-environment")
    server = preset.base_url or "https://mine.example"
    if not preset.base_url:
        monkeypatch.setenv(preset.url_variable, server)

    for backend in (preset.chat, preset.vision, EMBEDDER):
        built: Any = build({"BACKEND": backend, "OPTIONS": {"preset": name, "model": "m"}})
        assert built.name == "m"
        if client := getattr(built, "_client", None):
            assert str(client.base_url).startswith(server)
            assert client.api_key == "sk-from-environment"


def test_a_local_server_needs_no_key_and_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OLLAMA_API_KEY", raising=False)
    monkeypatch.setenv("OLLAMA_BASE_URL", "http://gpu.example:11434/v1")
    chat: Any = build({"BACKEND": CHAT, "OPTIONS": {"preset": "ollama", "model": "m"}})

    assert (str(chat._client.base_url), chat._client.api_key) == ("http://gpu.example:11434/v1/", "none")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"preset": "groq", "base_url": "http://other.example"}, "groq"),
        ({"base_url": "http://user:secret@gpu.example:8000/v1"}, "gpu.example:8000"),
        ({"base_url": None}, "OpenAIChat"),
    ],
)
def test_what_a_provider_is_called_in_the_books(options: dict[str, Any], expected: str) -> None:
    assert label({"BACKEND": CHAT, "OPTIONS": options}) == expected


def test_options_win_over_the_preset(wire: OpenAIWire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHSCOPE_API_KEY", "sk-from-environment")
    options = {"preset": "qwen", "model": "m", "base_url": wire.url, "api_key": ""}
    texts = [str(number) for number in range(11)]

    for given in (options, {**options, "api_key": "sk-given", "batch_size": 20}):
        embedder = build({"BACKEND": EMBEDDER, "OPTIONS": given})
        assert isinstance(embedder, OpenAIEmbedder)
        embedder.embed(texts)

    sizes = [len(request.body["input"]) for request in wire.requests]
    keys = [request.headers["authorization"] for request in wire.requests]
    assert sizes == [10, 1, 11]
    assert keys == ["Bearer sk-from-environment"] * 2 + ["Bearer sk-given"]


@pytest.mark.parametrize(
    ("path", "options", "says"),
    [
        ("providers.nowhere.Chat", {}, "no provider 'providers.nowhere.Chat'"),
        ("providers.openai_chat.Nobody", {}, "no provider 'providers.openai_chat.Nobody'"),
        ("providers.openai_chat.MODES", {}, "not a class"),
        ("OpenAIChat", {}, "no provider 'OpenAIChat'"),
        (CHAT, {"preset": "nobody", "model": "m"}, "no preset 'nobody'; there are openai, "),
        (CHAT, {"preset": "groq", "model": "m"}, "GROQ_API_KEY"),
        (CHAT, {"preset": "ollama"}, "needs the option model"),
        (CHAT, {"preset": "azure", "model": "m", "api_key": "k"}, "AZURE_OPENAI_ENDPOINT"),
        (CHAT, {"model": "m", "api_key": "k", "tempo": 1}, "no option tempo; its options are model, "),
        (EMBEDDED, {"preset": "ollama"}, "takes no preset"),
    ],
)
def test_a_wrong_description_is_explained(
    monkeypatch: pytest.MonkeyPatch, path: str, options: dict[str, Any], says: str
) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)

    with pytest.raises(ValueError, match=says):
        build({"BACKEND": path, "OPTIONS": options})


def test_what_is_heavy_is_loaded_on_first_use() -> None:
    script = f"""
import sys
import providers, providers.base, providers.build, providers.embedded, providers.errors, providers.presets
import providers.fallback, providers.metering
providers.build.build({{"BACKEND": {EMBEDDED!r}}})
print({{"openai", "onnxruntime", "numpy", "tokenizers", "django", "jsonschema"}} & sys.modules.keys())
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True, timeout=30
    )

    assert ran.stdout.strip() == "set()"
