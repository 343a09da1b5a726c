"""What a statement does to the memory that it relates to: confirm, enlarge, correct, supersede or end it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from memories.extraction.types import Relation, Statement
from memories.models import Event, Memory, MemoryVersion
from memories.services.changes import Actor, add_versions, set_text, set_vectors

REASON_LENGTH = 500
# Without its words: they go when it is purged, and this must not keep them.
TOOK_ITS_PLACE = "Something said later took its place."


@dataclass(frozen=True, slots=True)
class Change:
    """A statement with all that changing a memory by it takes."""

    statement: Statement
    said_at: datetime
    vectors: Mapping[str, list[float]]
    event: Event
    actor: Actor


def feasible(statement: Statement, target: Memory | None, said_at: datetime) -> Relation:
    """Return the relation that can be carried out, or NEW, by which the statement stands for itself.

    An immutable memory isn't changed, nor one that isn't active any more; and what was said before the memory
    neither corrects nor ends it. A contradiction from before is carried out the other way round.
    """
    relation = statement.relation
    if target is None or target.state != Memory.State.ACTIVE:
        return Relation.NEW
    if relation is Relation.SAME:
        return relation
    if target.immutable:
        return Relation.NEW
    if relation in (Relation.CORRECTS, Relation.ENDS) and said_at < target.said_at:
        return Relation.NEW
    return relation


def relate(change: Change, relation: Relation, target: Memory, own: Memory | None) -> Memory:
    """Carry out a feasible relation to `target`, locked; `own` is the row of a contradicting statement.

    Returns the memory that now says what the statement says. Writes versions; the rows are there already.
    """
    text = change.statement.text
    match relation:
        case Relation.SAME:
            if target.text != text:
                repeat(target, text, change.actor, change.event)
        case Relation.ADDS_TO | Relation.CORRECTS:
            _revise(change, relation, target)
        case Relation.ENDS:
            end(
                target,
                at=_beginning(change),
                actor=change.actor,
                reason=f"It no longer holds: {text}",
                event=change.event,
            )
        case Relation.CONTRADICTS if own is not None and own.pk != target.pk:
            _contradict(change, target, own)
            return own
    return target


def repeat(memory: Memory, text: str, actor: Actor, event: Event | None = None) -> None:
    """Note that a memory was said again, as `text`: in other words, or it would be mere further evidence.

    An immutable memory only gets the evidence.
    """
    if memory.immutable:
        return
    _write(memory, MemoryVersion.Change.MERGE, actor, f"Said again: {text}", event)


def supersede(
    older: Memory, newer: Memory, *, at: datetime, actor: Actor, reason: str = "", event: Event | None = None
) -> None:
    """Let `newer` take the place of `older` as of `at`; the older one stays readable and held until then."""
    older.superseded_by = newer
    _close(older, at)
    _write(older, MemoryVersion.Change.SUPERSEDE, actor, reason or TOOK_ITS_PLACE, event)


def end(memory: Memory, *, at: datetime, actor: Actor, reason: str = "", event: Event | None = None) -> None:
    """Let `memory` hold no longer than `at`, without a successor."""
    _close(memory, at)
    _write(memory, MemoryVersion.Change.END, actor, reason, event)


def _contradict(change: Change, target: Memory, own: Memory) -> None:
    """Let the one that was said later take the other's place: an old conversation may arrive late."""
    if change.said_at >= target.said_at:
        supersede(target, own, at=_beginning(change), actor=change.actor, event=change.event)
    elif own.state == Memory.State.ACTIVE and not own.immutable:
        supersede(own, target, at=target.valid_from or target.said_at, actor=change.actor, event=change.event)


def _revise(change: Change, relation: Relation, target: Memory) -> None:
    statement = change.statement
    corrects = relation is Relation.CORRECTS
    set_text(target, statement.text)
    target.categories = list(dict.fromkeys([*([] if corrects else target.categories), *statement.categories]))
    target.kind = statement.kind or target.kind
    target.about = statement.about or target.about
    target.importance = max(target.importance, statement.importance)
    target.confidence = statement.confidence
    for name in ("happened_at", "valid_from", "valid_until"):
        setattr(target, name, getattr(statement, name) or getattr(target, name))
    _write(
        target,
        MemoryVersion.Change.UPDATE,
        change.actor,
        "It was corrected." if corrects else "More was said about it.",
        change.event,
    )
    set_vectors(target, change.vectors)


def _beginning(change: Change) -> datetime:
    """Return since when a statement holds: a plan's beginning may lie ahead, and until then the old goes on."""
    statement = change.statement
    if statement.valid_from:
        return statement.valid_from
    return max(change.said_at, statement.happened_at or change.said_at)


def _close(memory: Memory, at: datetime) -> None:
    memory.state = Memory.State.SUPERSEDED
    memory.valid_until = max(at, memory.valid_from) if memory.valid_from else at


def _write(
    memory: Memory, change: MemoryVersion.Change, actor: Actor, reason: str, event: Event | None = None
) -> None:
    memory.version += 1
    memory.updated_at = timezone.now()
    memory.save()
    add_versions([memory], change=change, actor=actor, reason=reason[:REASON_LENGTH], event=event)
