"""Session memories that are asked for again and again become user memories."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from accounts.models import Project
from memories.lifecycle import lifecycle_of
from memories.models import Memory, MemoryVersion
from memories.models.memory import MemoryQuerySet
from memories.models.stated import Layer
from memories.services.consolidation.writing import BATCH, Change, write

# What is recalled after it has outlived its day has outlived its session.
OUTLASTING = timedelta(days=1)


def promote(project: Project) -> int:
    """Move the hot session memories of `project` to the user layer; return how many.

    Hot is what was recalled often, and still a day after it was written: within a session, an app that searches at
    each turn gets back whatever there is. One that was a user memory before stays what somebody has made it.
    """
    threshold = lifecycle_of(project).promotion_heat
    promoted = 0
    while threshold:
        with transaction.atomic():
            hot = list(_hot(project, threshold).select_for_update(of=("self",)).order_by("pk")[:BATCH])
            for memory in hot:
                memory.layer = Layer.USER
            reason = f"It is asked for often: its heat has reached {threshold:g}."
            write(hot, change=Change.PROMOTE, reason=reason, fields=["layer"])
        promoted += len(hot)
        if len(hot) < BATCH:
            break
    return promoted


def _hot(project: Project, threshold: float) -> MemoryQuerySet:
    was_user = MemoryVersion.objects.filter(memory=OuterRef("pk"), layer=Layer.USER)
    sessions = Memory.objects.in_project(project).active().filter(layer=Layer.SESSION)
    now = timezone.now()
    recalled = sessions.holding(now=now).unexpired().with_heat(now)
    outlasted = Q(visited_at__gte=F("created_at") + OUTLASTING)
    hot: MemoryQuerySet = recalled.filter(~Exists(was_user), outlasted, heat__gte=threshold)
    return hot
