"""Where a memory stands among what was said together, and what was said around its sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from uuid import UUID, uuid4

from accounts.prepared import Prepared
from memories.lexemes import lexemes, tsvector
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.terms import pack

# Without a run, somebody who goes on within this time is still in the same sitting.
PAUSE = timedelta(minutes=30)


def place(memories: Sequence[Memory]) -> None:
    """Set sitting and place of memories of one scope, which were said one after the other and are not yet placed.

    They follow those that the scope has already. A run is a sitting; without one, a sitting lasts until a pause.
    The caller holds the scope's lock and stores the memories afterwards.
    """
    last: Memory | None = None
    for memory in memories:
        before = last or _last(memory)
        if before is not None and _continues(before, memory):
            memory.sitting, memory.place = before.sitting, before.place + 1
        else:
            memory.sitting, memory.place = memory.run_id or uuid4(), 0
        last = memory


def _last(memory: Memory) -> Memory | None:
    same = {name: getattr(memory, name) for name in ("project_id", "end_user_id", "run_id")}
    named = {name: value for name, value in same.items() if value is not None}
    return next(iter(_placed(tuple(named))(**named)), None)


@lru_cache
def _placed(named: tuple[str, ...]) -> Prepared[Memory]:
    """Return the query for the last memory of a scope that has what is `named` and nothing else."""

    def build(**ids: UUID) -> MemoryQuerySet:
        same = {name: ids.get(name) for name in ("project_id", "end_user_id", "run_id")}
        placed = Memory.objects.filter(**same, sitting__isnull=False).without_words()
        if run_id := ids.get("run_id"):
            return placed.filter(sitting=run_id).order_by("-place")[:1]
        return placed.filter(state=Memory.State.ACTIVE).order_by("-created_at", "-place")[:1]

    return Prepared(build, dict.fromkeys(named, UUID))


def _continues(before: Memory, memory: Memory) -> bool:
    if before.run_id or memory.run_id:
        return before.run_id == memory.run_id
    return abs(memory.said_at - before.said_at) <= PAUSE


def set_context(memory: Memory, texts: Sequence[str], sources: Sequence[int]) -> None:
    """Put into the row the words of the messages numbered `sources` and of those beside them, null without any."""
    around = sorted({near for i in sources for near in (i - 1, i, i + 1) if 0 <= near < len(texts)})
    words = [word for i in around for word in lexemes(texts[i])]
    memory.context = tsvector(words) if words else None
    memory.context_terms = pack(words)
