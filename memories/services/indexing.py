"""Working out what recall reads of memories that were written before it was kept."""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Func, OuterRef, Subquery

from memories.lexemes import lexemes
from memories.models import Memory, Message
from memories.services.person import lock
from memories.services.placing import place, set_context
from memories.terms import pack
from memories.traits import traits

BATCH = 500
FILLED = ["sitting", "place", "traits", "speaker", "context", "context_terms"]
SCOPE = ("project_id", "end_user_id", "agent_id", "app_id", "run_id")


def index_unplaced() -> int:
    """Index up to BATCH memories that have no sitting yet, oldest first within one scope; return how many.

    Each batch is a transaction, and what is done is not done again: it may be stopped at any time. Neither text
    nor version changes. Search finds the memories meanwhile, without what surrounds them.
    """
    first = Memory.objects.filter(sitting=None).order_by("pk").first()
    if first is None:
        return 0
    with transaction.atomic():
        lock(first)
        found = _unplaced(first)
        texts = _texts({source.event_id for memory in found for source in memory.sources.all()})
        for memory in found:
            sources = list(memory.sources.all())
            memory.traits = traits(memory.text)
            memory.speaker = memory.speaker or (sources[0].speaker if sources else "")
            _set_context(memory, sources, texts)
        place(found)
        Memory.objects.bulk_update(found, FILLED, batch_size=BATCH)
    return len(found)


def pack_terms() -> int:
    """Put the words of up to BATCH memories into the form that scoring reads, where they aren't; return how many.

    Recall makes it up meanwhile, each time that it reads such a memory.
    """
    with transaction.atomic():
        rows = Memory.objects.select_for_update().filter(terms=None).order_by("pk")
        found = list(rows.annotate(words=Func(F("context"), function="tsvector_to_array"))[:BATCH])
        for memory in found:
            memory.terms = pack(lexemes(memory.text))
            memory.context_terms = pack(memory.words or ())  # type: ignore[attr-defined]
        Memory.objects.bulk_update(found, ["terms", "context_terms"], batch_size=BATCH)
    return len(found)


def _unplaced(first: Memory) -> list[Memory]:
    """Return memories of the scope of `first` in the order in which they were said."""
    source = Message.objects.filter(memories=OuterRef("pk")).order_by("said_at", "event__created_at", "position")
    same: dict[str, Any] = {name: getattr(first, name) for name in SCOPE}
    return list(
        Memory.objects.filter(**same, sitting=None)
        .annotate(event_order=Subquery(source.values("event__created_at")[:1]))
        .annotate(message_order=Subquery(source.values("position")[:1]))
        .order_by("said_at", "event_order", "message_order", "pk")
        .select_for_update(of=("self",))
        .prefetch_related("sources__event")[:BATCH]
    )


def _texts(events: set[UUID]) -> dict[UUID, list[str]]:
    """Return the words of each event's messages, in order."""
    rows = Message.objects.filter(event__in=events).order_by("event", "position").values_list("event", "text")
    return {event: [text for _, text in group] for event, group in groupby(rows, key=lambda row: row[0])}


def _set_context(memory: Memory, sources: list[Message], texts: dict[UUID, list[str]]) -> None:
    if extracted := [source for source in sources if source.event.infer]:
        event = extracted[0].event_id
        cited = [source.position for source in extracted if source.event_id == event]
        set_context(memory, texts[event], cited)
