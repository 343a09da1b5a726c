"""Memories that seem to be at odds: noted for a person, who decides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.models import Project
from accounts.principal import Principal
from memories.models import Conflict, Event, Memory
from memories.models.conflict import ConflictQuerySet
from memories.services.changes import Actor
from memories.services.relating import supersede


class Settled(Exception):
    """The conflict has been decided, or one of its memories doesn't stand any more."""


@dataclass(frozen=True, slots=True)
class Found:
    """A memory near a statement; `similarity` is the cosine of their vectors."""

    memory: Memory
    similarity: float


def propose(event: Event, pairs: Iterable[tuple[Memory, Found]]) -> None:
    """Note each new memory and the one that it seems at odds with, once; what was said later is the newer one."""
    rows = []
    for memory, found in pairs:
        if memory.pk == found.memory.pk:
            continue
        older, newer = sorted((found.memory, memory), key=lambda one: (one.said_at, one.created_at))
        similarity = min(1.0, max(-1.0, found.similarity))
        rows.append(Conflict(project_id=event.project_id, older=older, newer=newer, similarity=similarity))
    Conflict.objects.bulk_create(rows, ignore_conflicts=True)


def open_conflicts(*, principal: Principal, project: Project) -> ConflictQuerySet:
    """Return what awaits a decision in `project`, as far as `principal` may see it, newest first."""
    found = Conflict.objects.for_principal(principal).in_project(project).open()
    return found.select_related("older", "newer", "newer__end_user")


def decide(*, conflict: Conflict, decision: Conflict.Decision, actor: Actor, reason: str = "") -> Conflict:
    """Carry out a person's decision and return the conflict as it stands then.

    Raises Settled if there is nothing left to decide.
    """
    with transaction.atomic():
        found = Conflict.objects.open().select_for_update(of=("self",)).filter(pk=conflict.pk).first()
        pair = {conflict.older_id, conflict.newer_id}
        rows = Memory.objects.active().filter(pk__in=pair).select_for_update(of=("self",)).order_by("pk")
        memories = {memory.pk: memory for memory in rows}
        if found is None or len(memories) < len(pair):
            raise Settled("This has been decided already, or one of the memories doesn't stand any more.")
        found.decision, found.resolved_at = decision, timezone.now()
        found.save(update_fields=["decision", "resolved_at"])
        if decision == Conflict.Decision.SUPERSEDE:
            older, newer = memories[found.older_id], memories[found.newer_id]
            supersede(older, newer, at=newer.valid_from or newer.said_at, actor=actor, reason=reason)
    return found
