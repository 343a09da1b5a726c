"""A provider from its description, which is shaped like an entry of Django's STORAGES."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from providers.presets import PRESETS


def build(config: Mapping[str, Any]) -> object:
    """Return the provider that `config` describes.

    `config` is {"BACKEND": dotted path of a class, "OPTIONS": its keyword arguments}. OPTIONS may hold `preset`,
    a name in PRESETS, for the options not given. Raises ValueError that names what is wrong and what is possible.
    """
    path = config["BACKEND"]
    backend = _backend(path)
    parameters = inspect.signature(backend).parameters
    options = dict(config.get("OPTIONS", {}))
    if name := options.pop("preset", None):
        given = {option: value for option, value in options.items() if value not in (None, "")}
        options = _preset_options(name, given, parameters) | given
    if unknown := sorted(options.keys() - parameters.keys()):
        raise ValueError(f"{path} has no option {', '.join(unknown)}; its options are {', '.join(parameters)}.")
    needed = (name for name, parameter in parameters.items() if parameter.default is parameter.empty)
    if missing := sorted(set(needed) - options.keys()):
        raise ValueError(f"{path} needs the option {', '.join(missing)}.")
    return backend(**options)


def label(config: Mapping[str, Any]) -> str:
    """Return what the provider is called in the books: its preset, else its server, else its class."""
    options = config.get("OPTIONS", {})
    if preset := options.get("preset"):
        return str(preset)
    return urlsplit(options.get("base_url") or "").netloc.rpartition("@")[2] or config["BACKEND"].rpartition(".")[2]


def _backend(path: str) -> type[object]:
    module, _, name = path.rpartition(".")
    try:
        backend = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise ValueError(f"There is no provider {path!r}: {error}.") from error
    if not isinstance(backend, type):
        raise ValueError(f"There is no provider {path!r}: that is not a class.")
    return backend


def _preset_options(name: str, given: Mapping[str, Any], accepted: Mapping[str, Any]) -> dict[str, Any]:
    """Return those options of the preset that the backend accepts."""
    if "base_url" not in accepted:
        raise ValueError("This provider takes no preset.")
    if name not in PRESETS:
        raise ValueError(f"There is no preset {name!r}; there are {', '.join(PRESETS)}.")
    preset = PRESETS[name]
    options = {
        "base_url": preset.url(),
        "api_key": preset.key(),
        "batch_size": preset.batch_size,
        "api_version": preset.version(),
    }
    for option, variable in (("base_url", preset.url_variable), ("api_key", preset.key_variable)):
        if not options[option] and option not in given:
            raise ValueError(f"The preset {name!r} needs the environment variable {variable}, or {option}.")
    return {option: value for option, value in options.items() if value and option in accepted}
