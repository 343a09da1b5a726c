"""Whose vectors a new project begins with."""

from __future__ import annotations

from typing import cast

from django.conf import settings

from providers.base import Embedder
from providers.build import build


def configured_embedder() -> str:
    """Return the name of the embedder that the settings describe."""
    return cast(Embedder, build(settings.PROVIDERS["embedder"])).name
