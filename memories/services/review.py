"""Deciding on what awaits review: each decision one version, or one for each memory it concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from pgvector.django import CosineDistance

from memories.embedding import Vectors, embed_texts
from memories.models import Memory, MemoryVersion
from memories.models.memory import MemoryQuerySet
from memories.services.changes import Actor, add_versions, set_text, set_vectors
from memories.services.revise import Immutable
from memories.services.suppressing import suppress

SIMILAR = 5
Change = MemoryVersion.Change


class Verdict(models.TextChoices):
    """What becomes of a memory that awaits review."""

    APPROVE = "approve", _("Approve")
    MERGE = "merge", _("Merge into another")
    SUPERSEDE = "supersede", _("Replace another")
    REJECT = "reject", _("Reject")
    SUPPRESS = "suppress", _("Never remember this again")


class CannotDecide(Exception):
    """A decision can't be carried out: decided already, or the other memory won't do. The message says why."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict. `text` edits what is approved, or what the memory says into which it is merged; `other` is the
    active memory that a merge goes into or that is superseded."""

    memory: Memory
    verdict: str
    text: str = ""
    other: Memory | None = None


def decide(*, decisions: Sequence[Decision], actor: Actor, reason: str = "") -> None:
    """Carry out every decision or none; all are on memories of one project.

    Raises CannotDecide when a memory no longer awaits review (to suppress it, it must only be out of the trash) or
    `other` is none of the same person's active ones, Immutable when an immutable memory would get another text,
    ProviderError when the embedder fails.
    """
    if not decisions:
        return
    vectors = embed_texts(decisions[0].memory.project, _texts(decisions))
    ids = {d.memory.pk for d in decisions} | {d.other.pk for d in decisions if d.other is not None}
    with transaction.atomic():
        locked = Memory.objects.filter(pk__in=ids).select_for_update(of=("self",)).order_by("pk")
        rows = {memory.pk: memory for memory in locked}
        for decision in decisions:
            memory = rows.get(decision.memory.pk)
            if memory is None or not _may_be_decided(memory, decision.verdict):
                raise CannotDecide(f"The memory {decision.memory.pk} does not await review any more.")
            case = _Case(memory, _other(decision, memory, rows), decision.text, actor, reason)
            VERDICTS[decision.verdict](case, vectors)


def similar(memory: Memory, memories: MemoryQuerySet, limit: int = SIMILAR) -> list[Memory]:
    """Return those of `memories` nearest in meaning that are active and of the same person, nearest first."""
    vector = memory.vectors.filter(embedder=models.F("memory__project__embedder")).first()
    if vector is None:
        return []
    near = memories.active().filter(end_user=memory.end_user_id, vectors__embedder=vector.embedder)
    distance = CosineDistance("vectors__embedding", vector.embedding)
    return list(near.exclude(pk=memory.pk).with_scope().annotate(distance=distance).order_by("distance", "pk")[:limit])


@dataclass(frozen=True, slots=True)
class _Case:
    """A locked memory with what its verdict needs."""

    memory: Memory
    other: Memory | None
    text: str
    actor: Actor
    reason: str

    def write(self, memory: Memory, change: MemoryVersion.Change) -> None:
        """Save a memory that was changed, with its version."""
        memory.version += 1
        memory.updated_at = timezone.now()
        memory.deleted_at = memory.updated_at if memory.state == Memory.State.DELETED else None
        memory.save()
        add_versions([memory], change=change, actor=self.actor, reason=self.reason)


def _texts(decisions: Iterable[Decision]) -> list[str]:
    edited = [decision.text.strip() for decision in decisions if decision.text.strip()]
    return edited + [decision.memory.text for decision in decisions if decision.verdict == Verdict.SUPPRESS]


def _may_be_decided(memory: Memory, verdict: str) -> bool:
    if verdict == Verdict.SUPPRESS:
        return memory.state != Memory.State.DELETED
    return memory.state == Memory.State.PENDING


def _other(decision: Decision, memory: Memory, rows: dict[UUID, Memory]) -> Memory | None:
    if decision.verdict not in (Verdict.MERGE, Verdict.SUPERSEDE):
        return None
    other = rows.get(decision.other.pk) if decision.other is not None else None
    if other is None or other.state != Memory.State.ACTIVE or other.end_user_id != memory.end_user_id:
        raise CannotDecide("Name an active memory of the same person as the other one.")
    return other


def _reword(memory: Memory, text: str, vectors: Vectors) -> None:
    text = text.strip()
    if not text or text == memory.text:
        return
    if memory.immutable:
        raise Immutable("The memory was added as immutable: it can be deleted, not changed.")
    set_text(memory, text)
    set_vectors(memory, vectors.of(text))


def _approve(case: _Case, vectors: Vectors) -> None:
    _reword(case.memory, case.text, vectors)
    case.memory.state = Memory.State.ACTIVE
    case.write(case.memory, Change.APPROVE)


def _merge(case: _Case, vectors: Vectors) -> None:
    """Hand the evidence over to the other memory, and put this one into the trash."""
    memory, other = case.memory, case.other
    assert other is not None
    _reword(other, case.text, vectors)
    other.sources.add(*memory.sources.all())
    case.write(other, Change.MERGE)
    memory.state, memory.superseded_by = Memory.State.DELETED, other
    case.write(memory, Change.MERGE)


def _supersede(case: _Case, vectors: Vectors) -> None:
    """Approve this one, and end the other when this one began."""
    memory, other = case.memory, case.other
    assert other is not None
    _approve(case, vectors)
    began = memory.valid_from or memory.said_at
    too_early = other.valid_from is not None and began <= other.valid_from
    other.state, other.superseded_by = Memory.State.SUPERSEDED, memory
    other.valid_until = timezone.now() if too_early else began
    case.write(other, Change.SUPERSEDE)


def _reject(case: _Case, vectors: Vectors) -> None:
    was_pending = case.memory.state == Memory.State.PENDING
    case.memory.state = Memory.State.DELETED
    case.write(case.memory, Change.REJECT if was_pending else Change.DELETE)


def _suppress(case: _Case, vectors: Vectors) -> None:
    memory = case.memory
    if memory.text not in vectors.by_text:
        raise CannotDecide(f"The memory {memory.pk} was changed just now. Look at it again.")
    embedding = vectors.by_text[memory.text]
    suppress(memory, embedder=vectors.embedder, embedding=embedding, actor=case.actor, reason=case.reason)
    _reject(case, vectors)


VERDICTS: dict[str, Callable[[_Case, Vectors], None]] = {
    Verdict.APPROVE: _approve,
    Verdict.MERGE: _merge,
    Verdict.SUPERSEDE: _supersede,
    Verdict.REJECT: _reject,
    Verdict.SUPPRESS: _suppress,
}
