"""Conversations of our own writing, which a newcomer loads with one click to see what the product does."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

SAMPLES: tuple[str, ...] = ("en", "ja", "zh")


def load_sample(name: str) -> dict[str, Any]:
    """Return the sample conversation called `name`, one of `SAMPLES`, in LoCoMo's format."""
    if name not in SAMPLES:
        raise ValueError(f"There is no sample called {name!r}; there are {', '.join(SAMPLES)}.")
    sample: dict[str, Any] = json.loads(files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return sample
