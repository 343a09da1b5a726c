"""A provider from its description, which is shaped like an entry of Django's STORAGES."""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import Mapping
from typing import Any

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
    # The package wants a key even where the server does not.
    key = os.environ.get(preset.key_variable) if preset.key_variable else "none"
    if not key and "api_key" not in given:
        raise ValueError(f"The preset {name!r} needs the environment variable {preset.key_variable}, or api_key.")
    options = {"base_url": preset.base_url, "api_key": key, "batch_size": preset.batch_size}
    return {option: value for option, value in options.items() if value and option in accepted}
