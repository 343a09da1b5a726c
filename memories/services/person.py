"""Whose memories an event may touch, and the lock that makes its changes to them one after the other."""

from __future__ import annotations

from typing import Any

from django.db import connection

from memories.models import Event, Memory
from memories.models.memory import MemoryQuerySet

# The number of somebody's lock, from the ids of a project and of who it is there. Whoever takes several takes them in
# the order of their numbers, so that nobody waits in a circle.
LOCK_NUMBER = "hashtextextended({project}::text || '/' || {owner}::text, 0)"
_LOCK = f"SELECT pg_advisory_xact_lock({LOCK_NUMBER.format(project='%s', owner='%s')})"


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
    owner = row.end_user_id or f"{row.agent_id}/{row.app_id}/{row.run_id}"
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [str(row.project_id), str(owner)])
