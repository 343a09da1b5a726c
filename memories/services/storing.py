"""Storing what is simply remembered: of all calls that come together, in one question to Postgres.

Most of what apps send word for word needs no closer look: its end user is known, nobody has said the same before, the
project has neither rules nor suppressions nor webhooks, and the app's key is what it was. Whether that is so, where
the person's last memory stands, and the insertion of every row are one statement, sent along with the one that takes
the persons' locks. So such a call waits for Postgres once, and never for another person's; it comes again by itself
where its person is just being written for. What services/reconcile.py makes of the same conversation is the same:
tests/core/test_storing.py compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections, models

from accounts.models import AuditEntry
from accounts.prepared import AnyInProject
from accounts.standing import STAMP, Standing
from memories.models import Event, Memory, MemoryVector, MemoryVersion, Message
from memories.models.scoped import ENTITY_FIELDS, Scoped
from memories.services.entities import MODELS
from memories.services.inserting import columns_of, json_text, quoted, reader_of
from memories.services.one_trip import ask
from memories.services.person import LOCK_NUMBER
from memories.services.placing import PAUSE

# What is inserted, in this order.
LINK: type[models.Model] = Memory.sources.through
STORED: tuple[type[models.Model], ...] = (Event, Message, Memory, MemoryVector, MemoryVersion, AuditEntry, LINK)
# Columns whose values only the database knows. Which of its memories go on from the person's last one, and in what
# sitting and place, is as services/placing.py has it.
ENTITIES = {f"{name}_id": f"plain.{name}_id" for name in ENTITY_FIELDS.values()}
PLACE = {
    "sitting": "CASE WHEN given.sitting = plain.first THEN plain.sitting ELSE given.sitting END",
    "place": "CASE WHEN given.sitting = plain.first THEN given.place + plain.place ELSE given.place END",
}
# Conversations at a time. More would keep the first one waiting and spare the others little. The statements say so
# too, or Postgres would expect a hundred, and read all end users rather than look so many up.
MOST = 16
# What tells the second statement which persons' locks the first has got.
HELD = "memoryhub.held"
Rows = Mapping[type[models.Model], Sequence[models.Model]]


class NotStored(Enum):
    """Why a conversation was not stored."""

    NEEDS_A_LOOK = auto()
    IS_BUSY = auto()  # somebody else is writing for its person


@dataclass(frozen=True, slots=True)
class Asked:
    """A conversation with its rows, complete but for what only the database knows.

    `names` are the entities as the API calls them, a user_id among them. The rows name no entities yet, and memories
    are placed as if nothing came before. `digests` are those of the memories. Unless the `standing` holds, if it is
    unconfirmed, nothing is stored.
    """

    project_id: UUID
    standing: Standing | None
    names: Mapping[str, str]
    digests: Sequence[str]
    rows: Rows

    @property
    def memories(self) -> Sequence[Memory]:
        """Return the rows that are memories."""
        return cast("Sequence[Memory]", self.rows[Memory])


def store(several: Sequence[Asked], *, waits: bool = False) -> list[dict[str, UUID] | NotStored]:
    """Store those that need no closer look, each of another person; all of them, or none when an error is raised.

    With `waits` it takes its time until nobody else writes for these persons. Returns for each conversation the ids
    of its entities, by their columns, or why it was not stored. Raises ValueError for more than MOST.
    """
    if len(several) > MOST:
        raise ValueError(f"{len(several)} conversations are more than {MOST}.")
    asked = json_text([_asked(number, one) for number, one in enumerate(several)])
    rows = [
        json_text([row for number, one in enumerate(several) for row in _values(model, number, one.rows[model])])
        for model in STORED
    ]
    statements = [(_lock(waits=waits), [asked]), (_statement(), [asked, *rows])]
    locks, found = ask(connections[DEFAULT_DB_ALIAS], statements)
    stored = {int(number or b""): ids for number, *ids in found}
    busy = {int(number) for number in (locks[0][0] or b"").split()}
    for number, one in enumerate(several):
        if number in stored and one.standing is not None:
            one.standing.confirmed = True
    why = {number: NotStored.IS_BUSY if number in busy else NotStored.NEEDS_A_LOOK for number in range(len(several))}
    return [_ids(stored[number]) if number in stored else why[number] for number in why]


def _ids(found: Sequence[bytes | None]) -> dict[str, UUID]:
    return {column: UUID(key.decode()) for column, key in zip(ENTITIES, found, strict=True) if key is not None}


def _asked(number: int, one: Asked) -> dict[str, Any]:
    asked = {"call": number, "project_id": one.project_id, "digests": one.digests, **one.names}
    if one.standing is not None:
        asked |= {"key": one.standing.key, "stamp": one.standing.stamp}
    if one.memories:
        asked |= {"sitting": one.memories[0].sitting, "said_at": one.memories[0].said_at}
    return asked


def _values(model: type[models.Model], number: int, rows: Sequence[models.Model]) -> list[dict[str, Any]]:
    read = reader_of(model, *_made(model))
    return [{"call": number, **read(row)} for row in rows]


def _made(model: type[models.Model]) -> dict[str, str]:
    """Return the columns that only the database knows, and the SQL for each."""
    return ENTITIES if issubclass(model, Scoped) else {}


@cache
def _lock(*, waits: bool) -> bytes:
    """Write the statement that takes the locks of the persons, given what is asked, and tells which calls' it hasn't.

    Unless it `waits`, who is being written for is left out; and so are those whom this one doesn't see yet, though
    the next may. Postgres plans for any values from here on, until the transaction ends: to plan for just these
    costs it more than to carry it out.
    """
    number = LOCK_NUMBER.format(project="project_id", owner="id")
    held = f"pg_advisory_xact_lock({number}) IS NOT NULL" if waits else f"pg_try_advisory_xact_lock({number})"
    return f"""
SELECT string_agg(call::text, ' ') FILTER (WHERE NOT held),
       set_config('plan_cache_mode', 'force_generic_plan', true),
       set_config('{HELD}', coalesce(string_agg(id::text, ',') FILTER (WHERE held), ''), true)
FROM (
    SELECT call, id, {held} AS held
    FROM (
        SELECT * FROM json_to_recordset($1::json) AS asked(call int, project_id uuid, user_id text) LIMIT {MOST}
    ) AS asked
    JOIN {_table(MODELS["end_user"])} AS end_user USING (project_id)
    WHERE end_user.name = asked.user_id
    OFFSET 0
) AS tried
""".encode()  # noqa: S608 (names of models)


@cache
def _statement() -> bytes:
    """Write the statement that stores several conversations, given as JSON: what is asked, then each model's rows."""
    names = ", ".join(f"{key} text" for key in ENTITY_FIELDS)
    ids = ", ".join(ENTITIES)
    parts = ",\n".join(f"part{place} AS ({_insertion(place, model)})" for place, model in enumerate(STORED, 2))
    return f"""
WITH asked AS MATERIALIZED (
    SELECT * FROM json_to_recordset($1::json)
    AS asked(
        call int, project_id uuid, key uuid, stamp text, sitting uuid, said_at timestamptz, digests text[], {names}
    )
    LIMIT {MOST}
), plain AS MATERIALIZED (
{_plain()}
),
{parts}
SELECT call, {ids} FROM plain
""".encode()  # noqa: S608 (names of models)


def _plain() -> str:
    """Write what finds those that are simply remembered: their entities, and where their memories stand."""
    joins = "\n".join(
        f"LEFT JOIN {_table(MODELS[name])} AS {name} "
        f"ON {name}.project_id = asked.project_id AND {name}.name = asked.{key}"
        for key, name in ENTITY_FIELDS.items()
    )
    known = " AND ".join(f"(asked.{key} IS NULL OR {name}.id IS NOT NULL)" for key, name in ENTITY_FIELDS.items())
    ids = ", ".join(f"{name}.id AS {name}_id" for name in ENTITY_FIELDS.values())
    return f"""
    SELECT asked.call, {ids}, asked.sitting AS first,
           coalesce(last.sitting, run.id, asked.sitting) AS sitting, coalesce(last.place + 1, 0) AS place
    FROM asked
    {joins}
    LEFT JOIN LATERAL (
        (SELECT sitting, (
             SELECT max(place) FROM memories_memory AS same
             WHERE same.sitting = memory.sitting AND same.end_user_id = end_user.id
         ) AS place
         FROM (
             SELECT sitting, said_at FROM memories_memory AS memory
             WHERE run.id IS NULL AND memory.run_id IS NULL AND sitting IS NOT NULL
               AND memory.project_id = asked.project_id AND memory.end_user_id = end_user.id
               AND state = '{Memory.State.ACTIVE.value}'
             ORDER BY created_at DESC LIMIT 1
         ) AS memory
         WHERE said_at BETWEEN asked.said_at - interval '{PAUSE.total_seconds()} s'
                           AND asked.said_at + interval '{PAUSE.total_seconds()} s')
        UNION ALL
        (SELECT sitting, place FROM memories_memory AS memory
         WHERE sitting = run.id AND memory.project_id = asked.project_id AND memory.end_user_id = end_user.id
         ORDER BY place DESC LIMIT 1)
    ) AS last ON true
    WHERE end_user.id = ANY((SELECT string_to_array(current_setting('{HELD}'), ',')::uuid[])::uuid[]) AND {known}
      AND (asked.stamp IS NULL OR ({STAMP.format(key="asked.key")}) = asked.stamp)
      AND NOT ({AnyInProject.of_any_model("asked.project_id")})
      -- One by one, or the planner prefers to read all that the person has, who may have much.
      AND NOT coalesce((
          SELECT bool_or(EXISTS (
              SELECT FROM memories_memory AS said
              WHERE said.end_user_id = end_user.id AND said.digest = one.digest
                AND said.state <> '{Memory.State.DELETED.value}'
          ))
          FROM unnest(asked.digests) AS one(digest)
      ), false)"""  # noqa: S608 (names of models)


def _insertion(place: int, model: type[models.Model]) -> str:
    """Write the insertion of a model's rows, which are the statement's parameter `place`."""
    made = _made(model)
    types = {field.column: field.db_type(connection) for field in model._meta.concrete_fields}
    given = ", ".join(f"{quoted(column)} {types[column]}" for column in columns_of(model) if column not in made)
    values = {**made, **PLACE} if model is Memory else made
    selected = ", ".join(values.get(column, f"given.{quoted(column)}") for column in columns_of(model))
    # Those with serial numbers keep the order in which they are given, as no step of the plan changes it.
    stored = "JOIN plain USING (call)" if values else "WHERE call = ANY((SELECT array_agg(call) FROM plain)::int[])"
    return f"""
    INSERT INTO {_table(model)} ({", ".join(map(quoted, columns_of(model)))})
    SELECT {selected}
    FROM json_to_recordset(${place}::json) AS given(call int, {given}) {stored}"""  # noqa: S608


def _table(model: type[models.Model]) -> str:
    return quoted(model._meta.db_table)
