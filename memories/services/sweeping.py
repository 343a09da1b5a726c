"""Finding the events that nobody is working on."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from memories.dispatch import ring
from memories.models import Event

BATCH = 500
# A ring that is this fresh is probably still on its way.
GRACE = timedelta(seconds=5)


def sweep() -> int:
    """Ring for every event that is due and was not rung for just now; return how many.

    Ringing twice is harmless: a claim succeeds once.
    """
    now = timezone.now()
    due = Event.objects.due().filter(available_at__lt=now - GRACE).order_by("available_at")
    ids = list(due.values_list("pk", flat=True)[:BATCH])
    for event_id in ids:
        ring(event_id)
    return len(ids)
