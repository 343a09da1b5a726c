"""What would go, before it goes."""

from __future__ import annotations

from dataclasses import dataclass

from memories.models.entities import NamedScope
from memories.models.memory import MemoryQuerySet
from memories.services.erasure.stores import counted
from memories.services.erasure.traces import Traces, traces_of, traces_of_memories


@dataclass(frozen=True, slots=True)
class Preview:
    """How many rows of each store would go or lose their words, by label.

    Of `shared` messages, on which other memories rest too, only the memories' own words would be cut out.
    """

    counts: dict[str, int]
    shared: int


def preview_purge(memories: MemoryQuerySet) -> Preview:
    """Return what a purge of `memories` would take."""
    return _preview(traces_of_memories(list(memories)))


def preview_erasure(entity: NamedScope) -> Preview:
    """Return what the erasure of an end user, agent, app or run would take."""
    return _preview(traces_of(entity))


def _preview(traces: Traces) -> Preview:
    return Preview(counts=counted(traces), shared=len(traces.shared))
