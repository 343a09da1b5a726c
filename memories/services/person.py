"""Whose memories an event may touch, and the lock that makes its changes to them one after the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import connection

from memories.models import Event, Memory
from memories.models.memory import MemoryQuerySet


def whose(event: Event) -> dict[str, Any]:
    """Return the look-ups for the memories that what is said in `event` may concern.

    They are those of the same person with the same agent and app, in whatever run they were told: what a person
    says today changes what they said in another session. Where there is nobody, a run is all there is.
    """
    names = ["project_id", "end_user_id", "agent_id", "app_id"]
    if event.end_user_id is None and event.agent_id is None:
        names.append("run_id")
    return {name: getattr(event, name) for name in names}


def memories_of(event: Event) -> MemoryQuerySet:
    """Return the memories that hold and that what is said in `event` may concern."""
    return Memory.objects.filter(**whose(event), state=Memory.State.ACTIVE)


def lock(row: Event | Memory) -> None:
    """Take the advisory lock of the row's person, or agent, app or run, until the transaction ends.

    Reads of what is remembered that lead to a change come after it, so that of two events at once the second sees
    what the first has written.
    """
    lock_all([row])


def lock_all(rows: Iterable[Event | Memory]) -> None:
    """Take the locks of several, always in the same order, so that nobody waits in a circle."""
    numbers = sorted({_number(row) for row in rows})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(number) FROM unnest(%s::bigint[]) AS number", [numbers])


def _number(row: Event | Memory) -> int:
    owner = row.end_user_id or f"{row.agent_id}/{row.app_id}/{row.run_id}"
    return int.from_bytes(hashlib.blake2b(f"{row.project_id}/{owner}".encode(), digest_size=8).digest(), signed=True)
