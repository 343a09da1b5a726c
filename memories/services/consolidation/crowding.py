"""A person of whom too much is remembered: what says the same is merged, and then the coolest archived."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, ExpressionWrapper, F, FloatField
from django.utils import timezone

from accounts.models import Project
from memories.extraction.sameness import key
from memories.lifecycle import lifecycle_of
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from memories.models.stated import SHORT_LIVED
from memories.services.consolidation.writing import Change, never_brought_back, write
from memories.services.person import lock

# How many memories of a person are put aside in one transaction: whatever is said meanwhile waits for it.
AT_ONCE = 1000
MERGED = "The same is remembered in nearly the same words."
GOT_EVIDENCE = "The same was remembered twice."


def relieve(project: Project) -> int:
    """Bring each person of `project` back to the capacity, if it has one; return how many memories were put aside.

    Pinned and immutable memories are left alone, and so is what somebody has brought back: a person may stay above.
    """
    capacity = lifecycle_of(project).capacity
    if not capacity:
        return 0
    crowded = _held(project).filter(end_user__isnull=False).order_by().values("end_user").annotate(held=Count("pk"))
    people = list(crowded.filter(held__gt=capacity).values_list("end_user", flat=True))
    relieved = 0
    for end_user in people:
        while done := _relieve(project, end_user, capacity):
            relieved += done
    return relieved


def _relieve(project: Project, end_user: UUID, capacity: int) -> int:
    with transaction.atomic():
        lock(Memory(project=project, end_user_id=end_user))
        mine = _held(project).filter(end_user=end_user)
        over = min(mine.count() - capacity, AT_ONCE)
        pairs = list(_same(mine, over))
        paired = {memory_id for pair in pairs for memory_id in pair}
        # What another has just been merged into isn't archived for being cool.
        coolest = _coolest(mine, over - len(pairs), but=paired)
        # All at once and in the order in which others lock memories.
        rows = mine.filter(pk__in=paired.union(coolest)).select_for_update(of=("self",)).order_by("pk")
        held = {memory.pk: memory for memory in rows}
        merged = _merge([(held[gone], held[stays]) for gone, stays in pairs if gone in held and stays in held])
        return merged + _archive([held[pk] for pk in coolest if pk in held], capacity)


def _held(project: Project) -> MemoryQuerySet:
    return Memory.objects.in_project(project).active().holding().unexpired()


def _movable(memories: MemoryQuerySet) -> MemoryQuerySet:
    return never_brought_back(memories.filter(pinned=False, immutable=False))


def _merge(pairs: Sequence[tuple[Memory, Memory]]) -> int:
    """Merge the first of each pair into the second, which gets the evidence; return how many were merged.

    The first is archived, and names the other as what took its place.
    """
    now = timezone.now()
    for gone, stays in pairs:
        stays.sources.add(*gone.sources.all())
        stays.importance = max(stays.importance, gone.importance)
        gone.state, gone.superseded_by, gone.valid_until = Memory.State.ARCHIVED, stays, now
    kept = {stays.pk: stays for _gone, stays in pairs}
    gone_fields = ["state", "superseded_by", "valid_until"]
    write([gone for gone, _stays in pairs], change=Change.MERGE, reason=MERGED, fields=gone_fields)
    write(list(kept.values()), change=Change.MERGE, reason=GOT_EVIDENCE, fields=["importance"])
    return len(pairs)


def _same(mine: MemoryQuerySet, most: int) -> Iterator[tuple[UUID, UUID]]:
    """Return up to `most` pairs of ids: a memory that can go, and the warmest that says the same where it is heard.

    They say the same by the rule that merges without a language model (extraction/sameness.py), are of the same
    speaker about the same, with the same agent and app, and of one run unless they hold beyond it.
    """
    movable = set(_movable(mine).values_list("pk", flat=True))
    order = mine.with_heat(timezone.now()).order_by("-pinned", "-immutable", "-heat", "-said_at", "pk")
    columns = ("pk", "text", "about", "speaker", "agent", "app", "layer", "run")
    warmest: dict[tuple[object, ...], UUID] = {}
    for row in order.values(*columns):
        stays = warmest.setdefault(_place(row), row["pk"])
        if stays != row["pk"] and row["pk"] in movable and most > 0:
            most -= 1
            yield row["pk"], stays


def _place(row: Mapping[str, Any]) -> tuple[object, ...]:
    run = row["run"] if row["layer"] in SHORT_LIVED else None
    return key(row["text"]), row["about"], row["speaker"], row["agent"], row["app"], run


def _coolest(mine: MemoryQuerySet, count: int, but: Set[UUID]) -> list[UUID]:
    """Return the ids of the `count` coolest that may go, important ones counting as warmer."""
    worth = ExpressionWrapper(F("heat") * (F("importance") + 0.5), output_field=FloatField())
    ranked = _movable(mine).exclude(pk__in=but).with_heat(timezone.now()).annotate(worth=worth)
    return list(ranked.order_by("worth", "said_at", "pk").values_list("pk", flat=True)[: max(count, 0)])


def _archive(coolest: Sequence[Memory], capacity: int) -> int:
    for memory in coolest:
        memory.state = Memory.State.ARCHIVED
    reason = f"More than {capacity} memories of this person: it was among those least asked for."
    write(coolest, change=Change.ARCHIVE, reason=reason, fields=["state"])
    return len(coolest)
