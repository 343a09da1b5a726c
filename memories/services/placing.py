"""Where a memory stands among what was said together, and what was said around its sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.prepared import Prepared
from memories.lexemes import lexemes, tsvector
from memories.models import Memory
from memories.terms import pack

# Without a run, somebody who goes on within this time is still in the same sitting.
PAUSE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a memory stands: `number` in its sitting, said at `said_at` in its run, if it has one."""

    sitting: UUID
    number: int
    said_at: datetime
    run_id: UUID | None


@dataclass(frozen=True, slots=True)
class Latest:
    """The place of a scope's last memory, or that it has none."""

    place: Place | None


def place(memories: Sequence[Memory], after: Latest | None = None) -> Latest | None:
    """Set sitting and place of memories of one scope, which were said one after the other and are not yet placed.

    They follow those that the scope has already, of which the last is `after` where the caller knows it. A run is a
    sitting; without one, a sitting lasts until a pause. The caller holds the scope's lock and stores the memories
    afterwards. Returns what `after` is for the next.
    """
    for memory in memories:
        before = (after or _latest(memory)).place
        goes_on = before is not None and _continues(before, memory)
        memory.sitting = before.sitting if before and goes_on else memory.run_id or uuid4()
        memory.place = before.number + 1 if before and goes_on else 0
        after = Latest(Place(memory.sitting, memory.place, memory.said_at, memory.run_id))
    return after


def _latest(memory: Memory) -> Latest:
    same = {name: getattr(memory, name) for name in ("project_id", "end_user_id", "run_id")}
    named = {name: value for name, value in same.items() if value is not None}
    return Latest(next((Place(*row) for row in _placed(tuple(named))(**named)), None))


@lru_cache
def _placed(named: tuple[str, ...]) -> Prepared[tuple[Any, ...]]:
    """Return the query for the last memory of a scope that has what is `named` and nothing else."""

    def build(**ids: UUID) -> QuerySet[Memory, tuple[Any, ...]]:
        # Asked and ordered as the indexes are: to read and sort all that somebody has said in a sitting takes the
        # longer the longer it lasts.
        theirs = Memory.objects.filter(project_id=ids["project_id"], end_user_id=ids.get("end_user_id"))
        if run_id := ids.get("run_id"):
            last = theirs.filter(sitting=run_id).order_by("end_user_id", "-place")
        else:
            placed = theirs.filter(run_id__isnull=True, sitting__isnull=False, state=Memory.State.ACTIVE)
            last = placed.order_by("-created_at")
        # Rows are made before they are placed, so the last one made needn't be the last in its sitting.
        same = theirs.filter(sitting=OuterRef("sitting")).order_by("end_user_id", "-place").values("place")[:1]
        return last.annotate(last_place=Subquery(same)).values_list("sitting", "last_place", "said_at", "run_id")[:1]

    return Prepared(build, dict.fromkeys(named, UUID))


def _continues(before: Place, memory: Memory) -> bool:
    if before.run_id or memory.run_id:
        return before.run_id == memory.run_id
    return abs(memory.said_at - before.said_at) <= PAUSE


def set_context(memory: Memory, texts: Sequence[str], sources: Sequence[int]) -> None:
    """Put into the row the words of the messages numbered `sources` and of those beside them, null without any."""
    around = sorted({near for i in sources for near in (i - 1, i, i + 1) if 0 <= near < len(texts)})
    words = [word for i in around for word in lexemes(texts[i])]
    memory.context = tsvector(words) if words else None
    memory.context_terms = pack(words)
