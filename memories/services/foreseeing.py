"""What must be known of several persons before something is written for each, read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from accounts.prepared import AnyInProject
from memories.ingestion.work import Ingestion
from memories.models import Memory
from memories.services.changes import digest
from memories.services.placing import Latest, Place

# For each event: whether its project has anything that could keep a statement from being simply remembered, or its
# person anything in the same words; and where the last memory of its scope stands, as services/placing.py has it.
_FORESEE = """
SELECT {special} OR EXISTS (
         SELECT FROM memories_memory AS said
         WHERE said.end_user_id = asked.end_user_id AND said.digest = ANY(string_to_array(asked.digests, ' '))
           AND said.state <> '{deleted}'
       ),
       last.sitting, last.place, last.said_at, last.run_id
FROM unnest(%s::int[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[])
     AS asked(number, project_id, end_user_id, run_id, digests)
LEFT JOIN LATERAL (
    (SELECT sitting, place, said_at, run_id FROM memories_memory AS memory
     WHERE asked.run_id IS NULL AND memory.run_id IS NULL AND sitting IS NOT NULL
       AND memory.project_id = asked.project_id AND memory.end_user_id = asked.end_user_id
       AND state = '{active}'
     ORDER BY created_at DESC, place DESC LIMIT 1)
    UNION ALL
    (SELECT sitting, place, said_at, run_id FROM memories_memory AS memory
     WHERE sitting = asked.run_id AND memory.run_id = asked.run_id
       AND memory.project_id = asked.project_id AND memory.end_user_id = asked.end_user_id
     ORDER BY place DESC LIMIT 1)
) AS last ON true
ORDER BY asked.number
"""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """That nothing stands in the way of remembering what an event brings, and what it follows."""

    latest: Latest


def foresee(works: Sequence[Ingestion]) -> list[Foreseen | None]:
    """Return for each event, which has an end user, what is foreseen; None where it must be looked at more closely.

    Events are of different persons, whose locks the caller holds.
    """
    events = [work.event for work in works]
    digests = [" ".join(digest(statement.text) for statement in work.statements) for work in works]
    sql = _FORESEE.format(
        special=AnyInProject.of_any_model("asked.project_id"),
        deleted=Memory.State.DELETED.value,
        active=Memory.State.ACTIVE.value,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            sql,
            [
                list(range(len(works))),
                [event.project_id for event in events],
                [event.end_user_id for event in events],
                [event.run_id for event in events],
                digests,
            ],
        )
        return [None if special else Foreseen(_latest(row)) for special, *row in cursor.fetchall()]


def _latest(row: Sequence[object]) -> Latest:
    return Latest(Place(*row) if row[0] is not None else None)  # type: ignore[arg-type]
