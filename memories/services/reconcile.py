"""Writing an event's statements beside what is already remembered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from memories.extraction.types import Refusal, Relation, Statement
from memories.ingestion.work import Ingestion
from memories.models import Memory, MemoryVersion, ReviewRule
from memories.services.changes import add_versions, digest
from memories.services.conflicts import Found, propose
from memories.services.inserting import insert
from memories.services.person import lock, whose
from memories.services.placing import Latest, place
from memories.services.policy import policy_for
from memories.services.relating import Change, feasible, relate, repeat
from memories.services.rows import actor_of, link_sources, memory_of, said_at_of, sources_of, vectors_of
from memories.services.similar import Surroundings
from memories.services.suppressing import withhold

# A reader that finds one of these, where it can't be carried out, has found a conflict.
OUTSPOKEN = (Relation.CORRECTS, Relation.CONTRADICTS, Relation.ENDS)
CHANGING = (Relation.ADDS_TO, *OUTSPOKEN)
REJECTED = "the review policy rejects it"
Outcome = ReviewRule.Outcome


def write(work: Ingestion) -> None:
    """Store the statements as memories with versions, vectors and sources; runs in the caller's transaction.

    What says the same as a memory of the same scope, in the same words or hardly other ones, becomes further
    evidence for it. What a reader found to add to, correct, contradict or end a memory of the person does so,
    whatever run that is from. Nothing is removed, and immutable memories stay as they are. Events of one person
    are written one after the other, so that two at once can't both miss.
    """
    lock(work.event)
    withhold(work)
    _Reconciliation(work).write()


class _Reconciliation:
    """One event's statements on their way: `placed[i]` is the memory that statement i has become or changed.

    New rows are collected and written together, as most events bring nothing else.
    """

    def __init__(self, work: Ingestion) -> None:
        self.work = work
        self.actor = actor_of(work)
        self.targets = _targets(work)
        self.around = Surroundings(work)
        self.latest: Latest | None = None
        self.policy = policy_for(work.event)
        self.placed: dict[int, Memory] = {}
        self.waiting: list[int] = []
        self.at_odds: list[tuple[Memory, Found]] = []

    def write(self) -> None:
        """Place each statement in turn, then note what it rests on and what it is at odds with."""
        for index, statement in enumerate(self.work.statements):
            self._place(index, statement)
        self._insert()
        link_sources([(memory, sources_of(self.work, index)) for index, memory in self.placed.items()])
        propose(self.work.event, self.at_odds)

    def _place(self, index: int, statement: Statement) -> None:
        target, said_at = self._target(statement), said_at_of(self.work, index)
        relation = feasible(statement, target, said_at)
        if relation in CHANGING and self._judged(index) != Outcome.ACCEPT:
            relation = Relation.NEW  # what a person has yet to see, or the policy rejects, changes nothing
        if relation in (Relation.NEW, Relation.CONTRADICTS):
            self._find_or_make(index, said_at if relation is Relation.CONTRADICTS else None)
        if target is None:
            return
        if relation is Relation.NEW:
            outspoken = index in self.placed and statement.relation in OUTSPOKEN
            if outspoken and target.state == Memory.State.ACTIVE:
                self.at_odds.append((self.placed[index], self.around.found(target, index)))
            return
        self._insert()
        change = Change(statement, said_at, self.work.vectors_of(index), self.work.event, self.actor)
        self.placed[index] = relate(change, relation, target, self.placed.get(index))

    def _target(self, statement: Statement) -> Memory | None:
        """Return what the statement relates to, if that is still there: known before, or of the same event."""
        if not statement.related:
            return None
        same_event = (i for i in self.placed if self.work.statements[i].ref == statement.related)
        return self.targets.get(statement.related) or self.placed.get(next(same_event, -1))

    def _find_or_make(self, index: int, begins: datetime | None) -> None:
        statement = self.work.statements[index]
        look = self.around.look(index, self.placed)
        if look.same is None:
            memory = memory_of(self.work, index, begins=begins)
            outcome = self.policy.decide(memory)
            if outcome == Outcome.REJECT:
                self.work.refusals.append(Refusal(text=statement.text, reason=REJECTED))
                return
            memory.state = Memory.State.PENDING if outcome == Outcome.REVIEW else memory.state
            self.waiting.append(index)
            self.at_odds += [(memory, found) for found in look.at_odds]
        else:
            memory = look.same
            if memory.digest != digest(statement.text):
                self._insert()
                repeat(memory, statement.text, self.actor, self.work.event)
        self.placed[index] = memory

    def _judged(self, index: int) -> Outcome:
        """Return what the review policy says of the statement."""
        return self.policy.decide(memory_of(self.work, index)) if self.policy.rules else Outcome.ACCEPT

    def _insert(self) -> None:
        """Write the rows that wait."""
        memories = [self.placed[index] for index in self.waiting]
        self.latest = place(memories, after=self.latest)
        insert(memories)
        insert([vector for i in self.waiting for vector in vectors_of(self.work, i, self.placed[i])])
        change, event = MemoryVersion.Change.ADD, self.work.event
        self.work.versions += add_versions(memories, change=change, actor=self.actor, event=event)
        self.waiting = []


def _targets(work: Ingestion) -> dict[str, Memory]:
    """Return the known memories that statements relate to, locked, as they stand now."""
    wanted = {statement.related for statement in work.statements}
    refs = {memory.pk: ref for ref, memory in work.known.items() if ref in wanted}
    if not refs:
        return {}
    rows = {memory.pk: memory for memory in _locked(work, refs)}
    contradicted = {one.related for one in work.statements if one.relation is Relation.CONTRADICTS}
    found = {ref: rows[pk] for pk, ref in refs.items() if pk in rows}
    return {ref: _present(work, memory) if ref in contradicted else memory for ref, memory in found.items()}


def _present(work: Ingestion, memory: Memory) -> Memory:
    """Return what has taken the memory's place since the reader saw it: that is what is contradicted now."""
    while memory.state == Memory.State.SUPERSEDED and memory.superseded_by_id:
        successor = next(iter(_locked(work, [memory.superseded_by_id])), None)
        if successor is None:
            break
        memory = successor
    return memory


def _locked(work: Ingestion, ids: Iterable[UUID]) -> list[Memory]:
    rows = Memory.objects.current().filter(**whose(work.event), pk__in=list(ids))
    return list(rows.select_for_update(of=("self",)).order_by("pk"))
