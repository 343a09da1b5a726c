"""Our rows in the shapes that mem0's clients expect."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from memories.models import Event, Memory, MemoryVersion
from memories.models.entities import NamedScope
from memories.recall.types import Hit, Recall, Signal
from memories.services.explaining import Explanation


class MemoryRow(NamedTuple):
    """The columns of a memory that its shape shows: where there are many, a tenth of the work of whole objects.

    Times, the id and the metadata come as the database writes them, see memories/api/listing.py.
    """

    id: str
    text: str
    end_user__name: str | None
    agent__name: str | None
    app__name: str | None
    run__name: str | None
    metadata: str
    categories: list[str]
    digest: str
    created_at: str
    updated_at: str
    said_at: str
    expiration_date: date | None
    state: str
    version: int
    immutable: bool
    superseded_by_id: UUID | None
    layer: str
    kind: str
    about: str
    speaker: str
    importance: float
    confidence: float
    happened_at: str | None
    valid_from: str | None
    valid_until: str | None
    pinned: bool
    visits: int
    visited_at: str | None

    def entity_names(self) -> dict[str, str | None]:
        """Return the scope as the API writes it."""
        return {
            "user_id": self.end_user__name,
            "agent_id": self.agent__name,
            "app_id": self.app__name,
            "run_id": self.run__name,
        }


def memory_shape(memory: Memory | MemoryRow) -> dict[str, Any]:
    """Return a memory. Both `run_id` and `session_id`: the hosted service says one here and the other there."""
    names = memory.entity_names()
    return {
        "id": str(memory.id),
        "memory": memory.text,
        **names,
        "session_id": names["run_id"],
        "metadata": _metadata(memory.metadata),
        "categories": memory.categories,
        "hash": memory.digest,
        "created_at": _iso(memory.created_at),
        "updated_at": _iso(memory.updated_at),
        "timestamp": _iso(memory.said_at),
        "expiration_date": memory.expiration_date.isoformat() if memory.expiration_date else None,
        "structured_attributes": structured_attributes(memory.said_at),
        "lifecycle_state": memory.state,
        "version": memory.version,
        "immutable": memory.immutable,
        "synthesized": False,
        "replaced_by": str(memory.superseded_by_id) if memory.superseded_by_id else None,
        "layer": memory.layer,
        "kind": memory.kind or None,
        "about": memory.about or None,
        "speaker": memory.speaker or None,
        "importance": memory.importance,
        "confidence": memory.confidence,
        "happened_at": _iso(memory.happened_at),
        "valid_from": _iso(memory.valid_from),
        "valid_until": _iso(memory.valid_until),
        "pinned": memory.pinned,
        "recall_count": memory.visits,
        "last_recalled_at": _iso(memory.visited_at),
    }


def _metadata(given: dict[str, Any] | str) -> dict[str, Any] | None:
    if isinstance(given, str):
        return None if given == "{}" else dict(json.loads(given))
    return given or None


# What `fields` may ask for; the id always comes.
MEMORY_FIELDS = (
    *("id", "memory", "user_id", "agent_id", "app_id", "run_id", "session_id", "metadata", "categories", "hash"),
    *("created_at", "updated_at", "timestamp", "expiration_date", "structured_attributes", "lifecycle_state"),
    *("version", "immutable", "synthesized", "replaced_by", "score", "score_breakdown"),
    *("layer", "kind", "about", "speaker", "importance", "confidence", "happened_at", "valid_from", "valid_until"),
    *("pinned", "recall_count", "last_recalled_at"),
)


def only(shape: dict[str, Any], fields: Sequence[str] | None) -> dict[str, Any]:
    """Return of `shape` what was asked for, all of it if nothing was."""
    return {key: value for key, value in shape.items() if key in fields or key == "id"} if fields else shape


# The columns of a MemoryRow that are times.
TIMES = ("created_at", "updated_at", "said_at", "happened_at", "valid_from", "valid_until", "visited_at")


@lru_cache(10_000)  # what was said together has one time
def structured_attributes(time: datetime | str) -> Mapping[str, Any]:
    """Return the parts of the time at which something was said, in UTC. To be read only."""
    moment = datetime.fromisoformat(time) if isinstance(time, str) else time
    week = moment.isocalendar().week
    return {
        "year": moment.year,
        "month": moment.month,
        "day": moment.day,
        "hour": moment.hour,
        "minute": moment.minute,
        "day_of_week": moment.strftime("%A").lower(),
        "week_of_year": week,
        "day_of_year": moment.timetuple().tm_yday,
        "quarter": (moment.month - 1) // 3 + 1,
        "is_weekend": moment.weekday() >= 5,
    }


def hit_shape(hit: Hit) -> dict[str, Any]:
    """Return a memory that was found, with its score and what made it."""
    judged = hit.reranked
    return {
        **memory_shape(hit.memory),
        "score": round(hit.score, 6),
        "score_breakdown": breakdown(hit.signals),
        **({"rerank_score": round(judged.score, 6), "rank_before_rerank": judged.rank_before} if judged else {}),
    }


def breakdown(signals: Mapping[str, Signal]) -> dict[str, Any]:
    """Return what each signal thinks of a memory, and what it added to the score."""
    return {
        name: {"rank": signal.rank, "score": round(signal.score, 6), "contribution": round(signal.contribution, 6)}
        for name, signal in signals.items()
    }


def explanation_shape(recall: Recall, expected: Sequence[Explanation]) -> dict[str, Any]:
    """Return how a query was understood, each signal's say, and what became of the memories that were expected."""
    question = recall.question
    period = question.period if question else None
    return {
        "searched_for": question.subject if question else "",
        "queries": recall.queries,
        "reranker": recall.reranker or None,
        "terms": list(question.terms) if question else [],
        "people": sorted(question.people) if question else [],
        "period": {"from": period.start.isoformat(), "until": period.end.isoformat()} if period else None,
        "weights": recall.weights,
        "expected": [
            {
                "id": str(one.memory.pk),
                "reason": one.reason,
                "rank": one.rank,
                "score": round(one.score, 6),
                "score_breakdown": breakdown(one.signals or {}),
            }
            for one in expected
        ],
    }


def added_shape(version: MemoryVersion) -> dict[str, Any]:
    """Return what an event did to a memory, with the memory's words at that time."""
    names = version.memory.entity_names()
    return {
        "id": str(version.memory_id),
        "data": {"memory": version.text},
        "memory": version.text,
        "event": mem0_event(version),
        "change": version.change,
        "user_id": names["user_id"],
        "lifecycle_state": version.state,
    }


# What mem0's clients know; a restored memory was an update to its history always.
MEM0_EVENTS = ("ADD", "UPDATE", "DELETE")


def mem0_event(version: MemoryVersion) -> str:
    """Return what mem0 calls a change: what is approved is new, what goes to the trash by whatever way is deleted.

    Superseding, ending, merging and so on are updates of a memory.
    """
    if version.state == Memory.State.DELETED:
        return "DELETE"
    if version.change == MemoryVersion.Change.APPROVE:
        return "ADD"
    return version.change if version.change in MEM0_EVENTS else "UPDATE"


def stored_shape(version: MemoryVersion, output_format: str | None) -> dict[str, Any]:
    """Return what a call of v1 did to a memory, as it wants it: v1.0 has the words under `data`."""
    if output_format == "v1.0":
        return {"id": str(version.memory_id), "data": {"memory": version.text}, "event": mem0_event(version)}
    attributes = structured_attributes(version.memory.said_at)
    return {**added_shape(version), "structured_attributes": attributes}


def history_shape(version: MemoryVersion, previous: MemoryVersion | None) -> dict[str, Any]:
    """Return one change of a memory, beside what it said before."""
    return changed_shape(version, previous.text if previous else None)


def changed_shape(version: MemoryVersion, old_text: str | None) -> dict[str, Any]:
    """Return one change of a memory. `input` holds the messages that it rests on."""
    memory = version.memory
    names = memory.entity_names()
    return {
        "id": str(version.pk),
        "memory_id": str(memory.pk),
        "input": [{"role": message.role, "content": message.text} for message in memory.sources.all()],
        "old_memory": old_text,
        "new_memory": None if version.state == Memory.State.DELETED else version.text,
        "user_id": names["user_id"],
        "agent_id": names["agent_id"],
        "app_id": names["app_id"],
        "run_id": names["run_id"],
        "session_id": names["run_id"],
        "categories": version.categories,
        "event": mem0_event(version),
        "change": version.change,
        "version": version.number,
        "lifecycle_state": version.state,
        "metadata": version.metadata or None,
        "actor": version.actor,
        "reason": version.reason,
        "created_at": _iso(version.created_at),
        "updated_at": _iso(version.created_at),
    }


def event_shape(event: Event, versions: list[MemoryVersion]) -> dict[str, Any]:
    """Return an event with what it did."""
    return {
        "id": str(event.pk),
        "event_id": str(event.pk),
        "event_type": "ADD",
        "status": event.status,
        "payload": {**{k: v for k, v in event.entity_names().items() if v}, "infer": event.infer},
        "metadata": event.options.get("metadata"),
        "results": [added_shape(version) for version in versions],
        "error": event.error or None,
        "error_code": event.error_code or None,
        "warnings": event.notes,
        "withheld": event.withheld,
        "attempts": event.attempts,
        "graph_status": None,
        "created_at": _iso(event.created_at),
        "updated_at": _iso(event.updated_at),
        "started_at": _iso(event.started_at),
        "completed_at": _iso(event.completed_at),
        "latency": event.latency,
    }


def entity_shape(entity: NamedScope, kind: str, total: int) -> dict[str, Any]:
    """Return an end user, agent, app or run with the number of its memories."""
    return {
        "id": str(entity.pk),
        "name": entity.name,
        "type": kind,
        "metadata": entity.metadata,
        "owner": str(entity.project_id),
        "total_memories": total,
        "created_at": _iso(entity.created_at),
        "updated_at": _iso(entity.updated_at),
    }


def _iso(moment: datetime | str | None) -> str | None:
    if isinstance(moment, str):
        return f"{moment[:-8]}Z" if moment.endswith(".000000Z") else moment
    return moment.isoformat().replace("+00:00", "Z") if moment else None
