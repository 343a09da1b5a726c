"""The vectors of texts that are about to be stored, by every embedder that a project needs them of."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from accounts.models import Project
from memories.providers import get_embedder
from providers.errors import ProviderError

logger = logging.getLogger(__name__)
# An embedder that a project only changes to must not hold up its writing: after a failure it is left alone so long.
PAUSE_SECONDS = 30.0
_resting: dict[str, float] = {}


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of texts by the embedder in use and, while a project changes to another, by that one too.

    Where the other one failed it has none: those that are missing are made by the change itself.
    """

    embedder: str
    by_text: Mapping[str, list[float]]
    next_embedder: str = ""
    next_by_text: Mapping[str, list[float]] = field(default_factory=dict)

    def of(self, text: str) -> dict[str, list[float]]:
        """Return the vectors of `text` by the names of their embedders; KeyError if it wasn't embedded."""
        beside = {self.next_embedder: self.next_by_text[text]} if text in self.next_by_text else {}
        return {self.embedder: self.by_text[text], **beside}


def embed_texts(project: Project, texts: Iterable[str]) -> Vectors:
    """Return the vectors of `texts`; outside of any transaction, for it may ask the network.

    Raises ProviderError if the project's embedder fails.
    """
    wanted = list(dict.fromkeys(texts))
    embedder = get_embedder(project.embedder)
    by_text = dict(zip(wanted, embedder.embed(wanted), strict=True)) if wanted else {}
    return Vectors(embedder.name, by_text, project.next_embedder, _beside(project.next_embedder, wanted))


def _beside(name: str, texts: list[str]) -> dict[str, list[float]]:
    if not name or not texts or time.monotonic() < _resting.get(name, 0.0):
        return {}
    try:
        return dict(zip(texts, get_embedder(name).embed(texts), strict=True))
    except ProviderError as error:
        logger.warning("%s, which a project changes to, failed: %s", name, error)
        _resting[name] = time.monotonic() + PAUSE_SECONDS
        return {}
