"""Memories whose time is over are put aside: they get a last day that has passed, and are recalled no more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Project
from memories.lifecycle import lifecycle_of
from memories.models import Memory, MemoryVersion
from memories.models.memory import MemoryQuerySet
from memories.services.consolidation.writing import BATCH, Change, write


def expire(project: Project) -> int:
    """Put aside what has outlived its layer or category, and note what has come to its own last day; return how many.

    A last day keeps everything where it was: recall and lists leave an expired memory out, `show_expired` shows it,
    an earlier `as_of` or `reference_date` finds it, and taking the day away brings it back. Days count from the last
    change, so what is brought back has all of them again. Pinned memories only end on a day of their own.
    """
    now = timezone.now()
    today = now.date()
    ended = _put_aside(_past_last_day(project, today), None, "Its last day has passed.")
    for condition, reason in _limits(project, now):
        lasting = Memory.objects.in_project(project).active().filter(condition, expiration_date=None, pinned=False)
        ended += _put_aside(lasting, today - timedelta(days=1), reason)
    return ended


def _past_last_day(project: Project, today: date) -> MemoryQuerySet:
    """Return the memories whose last day has passed without a version that says so."""
    noted = MemoryVersion.objects.filter(
        memory=OuterRef("pk"), change=Change.EXPIRE, expiration_date=OuterRef("expiration_date")
    )
    return Memory.objects.in_project(project).active().filter(~Exists(noted), expiration_date__lt=today)


def _limits(project: Project, now: datetime) -> Iterator[tuple[Q, str]]:
    """Return which memories have outlived what the project allows them, and why."""
    settings = lifecycle_of(project)
    for name, days in sorted(settings.category_days.items(), key=lambda item: item[1]):
        old = Q(categories__contains=[name], updated_at__lt=now - timedelta(days=days))
        yield old, f"Memories of the category “{name}” end after {days} days without a change."
    for layer, days in settings.layer_days.items():
        old = Q(layer=layer, updated_at__lt=now - timedelta(days=days))
        yield (
            old & ~Q(categories__overlap=list(settings.category_days)),
            f"Memories of the layer “{layer}” end after {days} days without a change.",
        )


def _put_aside(memories: MemoryQuerySet, last_day: date | None, reason: str) -> int:
    ended = 0
    while True:
        with transaction.atomic():
            found = list(memories.select_for_update(of=("self",)).order_by("pk")[:BATCH])
            for memory in found:
                memory.expiration_date = last_day or memory.expiration_date
            write(found, change=Change.EXPIRE, reason=reason, fields=["expiration_date"])
        ended += len(found)
        if len(found) < BATCH:
            return ended
