"""What is remembered near a new statement: the same in hardly other words, or at odds with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from uuid import UUID

from django.db import models
from django.db.models import QuerySet, Value
from django.db.models.functions import Coalesce

from accounts.prepared import Prepared
from memories.extraction.odds import at_odds, changes, same_thing
from memories.extraction.sameness import alike
from memories.extraction.script import is_unspaced
from memories.extraction.types import Statement
from memories.ingestion.work import Ingestion
from memories.models import Event, Memory
from memories.models.memory import MemoryQuerySet
from memories.models.scoped import ENTITY_FIELDS
from memories.recall.lexical import Lexical
from memories.recall.question import names_in, read_question
from memories.recall.scope import Scope
from memories.recall.types import Candidate
from memories.services.changes import digest
from memories.services.conflicts import Found
from memories.services.person import memories_of, whose

# How many are looked at by meaning, and how many by words: the embedded model knows little of some languages.
NEAR = 12
WORDED = 6
# How many of the statements just before it in the same event.
SAME_EVENT = 50
# The id of nobody, in place of none.
NOBODY = UUID(int=0)
# Two wordings of one statement are nearer than this in any embedder; the words decide.
SAME_COSINE = 0.85
# A statement is put before a person with at most this many others.
MOST_AT_ODDS = 2


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: the memory that says the same, or those that seem at odds with the statement."""

    same: Memory | None = None
    at_odds: tuple[Found, ...] = ()


# The same words again are further evidence, for what awaits review, too.
STANDS = (Memory.State.ACTIVE, Memory.State.PENDING)


class Surroundings:
    """The memories of an event's person, seen from its statements. To be made under the person's lock."""

    def __init__(self, work: Ingestion) -> None:
        self._work = work
        digests = [digest(statement.text) for statement in work.statements]
        self._same_words = _in_same_words(work.event, digests) if digests else []
        self._anything = bool(self._same_words) or (work.event.infer and self._scope.exists())

    @cached_property
    def _scope(self) -> MemoryQuerySet:
        return memories_of(self._work.event)

    def look(self, index: int, placed: Mapping[int, Memory]) -> Look:
        """Look around statement `index`; `placed` holds the memories of this event's earlier ones.

        The same words count always. Of what only resembles them, nothing is looked for where the app has sent
        statements of its own; and a reader that compares has said itself what contradicts what.
        """
        statement = self._work.statements[index]
        if same := self._in_same_words(statement, placed):
            return Look(same)
        if not self._work.event.infer:
            return Look()
        near, worded = self._near(index, placed)
        for memory in near:
            if self._same_scope(memory) and _alike(statement, memory):
                near_enough = self._found(memory, index, placed).similarity >= SAME_COSINE
                if near_enough and (present := self._as_it_stands(memory, placed)) and _alike(statement, present):
                    return Look(present)
        if self._work.compared:
            return Look()
        odd = [memory for memory in near if _comparable(statement, memory, at_odds)][:MOST_AT_ODDS]
        if not odd and changes(statement.text):
            # What it changes is most likely what shares its rarest words.
            odd = [memory for memory in worded if _comparable(statement, memory, same_thing)][:1]
        return Look(at_odds=tuple(self._found(memory, index, placed) for memory in odd))

    def found(self, memory: Memory, index: int) -> Found:
        """Return how near `memory` is to statement `index`."""
        vector = self._work.vectors[index]
        near = Memory.objects.filter(pk=memory.pk).nearest(vector, embedder=self._work.embedder).first()
        return Found(memory, 1.0 - near.distance if near else 0.0)  # type: ignore[attr-defined]

    def _in_same_words(self, statement: Statement, placed: Mapping[int, Memory]) -> Memory | None:
        key = digest(statement.text)
        candidates = (memory for memory in (*placed.values(), *self._same_words) if memory.digest == key)
        return next(
            (memory for memory in candidates if memory.state in STANDS and _same_speaker(statement, memory)), None
        )

    def _near(self, index: int, placed: Mapping[int, Memory]) -> tuple[list[Memory], list[Memory]]:
        """Return what is near the statement, nearest in meaning first, and of it what shares words, best first."""
        fresh = list(placed.values())[-SAME_EVENT:]
        if not self._anything:
            return fresh, fresh
        text, vector, embedder = self._work.statements[index].text, self._work.vectors[index], self._work.embedder
        rows = list(self._scope.nearest(vector, embedder=embedder)[:NEAR])
        words: list[Candidate] = []
        if changes(text) or is_unspaced(text):
            scope = Scope(self._scope)
            question = read_question(text, names_in(scope), today=self._work.event.said_at.date())
            words = Lexical().retrieve(question, scope, WORDED)
        missing = {candidate.memory_id for candidate in words} - {row.pk for row in rows}
        if missing:
            rows += self._scope.filter(pk__in=missing).nearest(vector, embedder=embedder)
        by_id = {row.pk: row for row in rows}
        worded = [by_id[candidate.memory_id] for candidate in words if candidate.memory_id in by_id]
        return [*fresh, *rows], [*worded, *fresh]

    def _found(self, memory: Memory, index: int, placed: Mapping[int, Memory]) -> Found:
        """Return how near a memory that `_near` has brought is to the statement."""
        if (distance := getattr(memory, "distance", None)) is not None:
            return Found(memory, 1.0 - distance)
        other = next(i for i, one in placed.items() if one is memory)
        return Found(memory, _cosine(self._work.vectors[index], self._work.vectors[other]))

    def _as_it_stands(self, memory: Memory, placed: Mapping[int, Memory]) -> Memory | None:
        """Return the memory locked, as somebody may have changed it; None if it is gone from what is recalled."""
        if any(memory is one for one in placed.values()):
            return memory
        return self._scope.select_for_update(of=("self",)).filter(pk=memory.pk).first()

    def _same_scope(self, memory: Memory) -> bool:
        names = [f"{name}_id" for name in ENTITY_FIELDS.values()]
        return all(getattr(memory, name) == getattr(self._work.event, name) for name in names)


def _in_same_words(event: Event, digests: list[str]) -> list[Memory]:
    """Return what the event's own scope remembers with one of these digests, locked.

    To rest on one that is just being forgotten would be to lose what was said.
    """
    ids = {**whose(event), "run_id": event.run_id}
    named = {name: value for name, value in ids.items() if value is not None}
    if len(digests) == 1 and not _any_with(tuple(named))(digest=digests[0], **named):
        return []
    same = Memory.objects.filter(**ids, state__in=STANDS, digest__in=digests)
    return list(same.select_for_update(of=("self",)).order_by("pk"))


@lru_cache
def _any_with(named: tuple[str, ...]) -> Prepared[tuple[UUID]]:
    """Return the query for a memory with one digest, in a scope that has what is `named` and nothing else."""

    def build(digest: str, **ids: UUID) -> QuerySet[Memory, tuple[UUID]]:
        theirs = Memory.objects.filter(project_id=ids["project_id"], end_user_id=ids.get("end_user_id"))
        same = theirs.filter(state__in=STANDS, digest=digest)
        for name in ("agent_id", "app_id", "run_id"):
            # In a form that no index has: Postgres doesn't know how much a new agent or run has grown to, and would
            # rather read all of that than look for the digest.
            same = same.alias(**{f"its_{name}": Coalesce(name, Value(NOBODY, models.UUIDField()))})
            same = same.filter(**{f"its_{name}": ids.get(name, NOBODY)})
        return same.order_by().values_list("pk")[:1]

    return Prepared(build, {"digest": str, **dict.fromkeys(named, UUID)})


def _alike(statement: Statement, memory: Memory) -> bool:
    return _is_active(memory) and _same_speaker(statement, memory) and alike(statement.text, memory.text)


def _comparable(statement: Statement, memory: Memory, compare: Callable[[str, str], bool]) -> bool:
    return _same_speaker(statement, memory) and compare(statement.text, memory.text)


def _is_active(memory: Memory) -> bool:
    """Tell whether a memory still stands: another statement of this event may have changed it."""
    return memory.state == Memory.State.ACTIVE


def _same_speaker(statement: Statement, memory: Memory) -> bool:
    """Tell whether one person may have said both; two people who "live in Osaka" are two statements."""
    return statement.speaker == memory.speaker or not (statement.speaker and memory.speaker)


def _cosine(one: list[float], other: list[float]) -> float:
    """Return the cosine of two vectors of unit length."""
    return sum(a * b for a, b in zip(one, other, strict=True))
