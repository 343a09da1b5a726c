"""The indexes that this process keeps: the last used ones, up to a limit, and none that has long been idle."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock, Timer
from uuid import UUID

import numpy as np
from django.conf import settings

from memories.recall.columns import Flags
from memories.recall.resident.index import Index
from memories.recall.resident.loading import Loaded, load
from memories.recall.scope import Person, PersonScope

# What is forgotten leaves the memory of every process within this time, though nobody asks about the person again.
IDLE_SECONDS = 300.0
SWEEP_SECONDS = 60.0
# Kinds of calls, by what they filter on, for which an index knows which rows are meant.
SCOPES = 32
# Someone who remembers more is searched in Postgres.
MOST = 50_000
IN_SCOPE = "SELECT uuid_send(scope.id) FROM scope"
MEGABYTE = 1_000_000


@dataclass(slots=True)
class _Within:
    """Which rows a scope means, until the moment at which one of them begins or ceases to hold."""

    rows: Flags
    until: float


@dataclass(slots=True)
class _Kept:
    """One person's index, with the lock under which it grows."""

    lock: Lock = field(default_factory=Lock)
    index: Index | None = None
    within: dict[Hashable, _Within] = field(default_factory=dict)
    used: float = 0.0
    too_large: bool = False


class Shelf:
    """Indexes by person and embedder, the last used one at the end."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[Person, str], _Kept] = OrderedDict()
        self._sweeping = False

    def look(self, scope: PersonScope, embedder: str) -> tuple[Index, Flags] | None:
        """Return the person's index as it is now and which of its rows `scope` means.

        None if nobody is there, or they remember more than an index holds.
        """
        kept = self._of(scope.person, embedder)
        with kept.lock:
            if kept.too_large or not self._refresh(kept, scope.person, embedder):
                return None
            index = kept.index
            assert index is not None
            within = _within(kept, index, scope)
        return index, within & index.alive

    def keeps(self, person: Person, embedder: str) -> bool:
        """Tell whether the person's index is here, or to be made."""
        kept = self._kept.get((person, embedder))
        return kept is not None and not kept.too_large

    def want(self, person: Person, embedder: str) -> None:
        """Have the person's index made when it is next of use."""
        if settings.RECALL_INDEX_MEGABYTES:
            self._of(person, embedder)

    def drop(self, person: Person, embedder: str) -> None:
        """Forget the person's index: the next search makes it anew."""
        with self._lock:
            self._kept.pop((person, embedder), None)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()

    def sweep(self) -> None:
        """Forget those that nobody has asked for lately; look again later if any are left."""
        oldest = time.monotonic() - IDLE_SECONDS
        with self._lock:
            for key in [key for key, kept in self._kept.items() if kept.used < oldest]:
                del self._kept[key]
            self._sweeping = False
            self._sweep_later()

    def _of(self, person: Person, embedder: str) -> _Kept:
        with self._lock:
            kept = self._kept.setdefault((person, embedder), _Kept())
            self._kept.move_to_end((person, embedder))
            kept.used = time.monotonic()
            self._sweep_later()
        return kept

    def _sweep_later(self) -> None:
        if self._kept and not self._sweeping:
            self._sweeping = True
            timer = Timer(SWEEP_SECONDS, self.sweep)
            timer.daemon = True
            timer.start()

    def _refresh(self, kept: _Kept, person: Person, embedder: str) -> bool:
        """Bring the index up to date; tell whether there is one."""
        before, kept.index = kept.index, None
        loaded = _changes(before, person, embedder)
        if before is not None and loaded is not None and before.person_id != loaded.person_id:
            before, loaded = None, _changes(None, person, embedder)
        if loaded is None:
            return False
        if before is None:
            kept.within = {}
        index = (before or Index.empty(loaded.person_id)).grown(loaded)
        if index.size > MOST or index.is_worn:
            # So many memories, or so many changes of them: then they are read anew the next time.
            kept.too_large = int(index.alive.sum()) > MOST
            return False
        kept.index = index
        if before is None or index.size != before.size:
            self._make_room()
        return True

    def _make_room(self) -> None:
        """Forget those that were last used longest ago until the others have room."""
        room = settings.RECALL_INDEX_MEGABYTES * MEGABYTE
        with self._lock:
            sizes = {key: kept.index.nbytes for key, kept in self._kept.items() if kept.index}
            taken = sum(sizes.values())
            for key, size in sizes.items():
                if taken <= room:
                    break
                del self._kept[key]
                taken -= size


def _changes(index: Index | None, person: Person, embedder: str) -> Loaded | None:
    since, unembedded = (index.watermark, index.unembedded) if index else (0, [])
    return load(person, embedder=embedder, since=since, unembedded=unembedded, limit=MOST + 1)


def _within(kept: _Kept, index: Index, scope: PersonScope) -> Flags:
    """Return which rows `scope` means; what is known already is asked for only of new rows."""
    known = kept.within.get(scope.form)
    if known is None or scope.moment >= known.until:
        if len(kept.within) >= SCOPES:
            kept.within.clear()
        later = index.turns[index.turns > scope.moment]
        known = _Within(np.zeros(0, dtype=np.bool_), float(later[0]) if len(later) else np.inf)
        kept.within[scope.form] = known
    if (done := len(known.rows)) < index.size:
        fresh = index.columns.ids[done:]
        found = scope.rows_among([UUID(bytes=each) for each in fresh], IN_SCOPE) if done else scope.rows(IN_SCOPE)
        ids = {bytes(row[0]) for row in found}
        flags = np.fromiter((row_id in ids for row_id in fresh), dtype=np.bool_, count=len(fresh))
        known.rows = np.concatenate([known.rows, flags])
        # A moment at which a new row begins or ceases to hold may come before those that were known.
        later = index.turns[index.turns > scope.moment]
        known.until = min(known.until, float(later[0]) if len(later) else np.inf)
    return known.rows


SHELF = Shelf()
