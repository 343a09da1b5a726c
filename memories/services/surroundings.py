"""The step that finds what a reader is told besides an event's own turns: the turns before, and what is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from memories.ingestion.work import Ingestion
from memories.models import Memory, Message
from memories.providers import get_extractor
from memories.services.jobs import release_connection
from memories.services.person import memories_of, whose
from memories.services.search import recall

EARLIER = 6
# Without a run, how long after it a message still belongs to the same exchange.
EXCHANGE = timedelta(hours=6)
KNOWN = 20
# A question to recall is made of this much of what the user says; a long event asks several.
QUERY_CHARACTERS = 600
QUERIES = 6


def gather(work: Ingestion) -> None:
    """Fill in `earlier` and `known`, if the event's reader makes use of them; raises ProviderError."""
    if not work.event.infer or not get_extractor().compares:
        return
    work.earlier = _earlier(work)
    work.known = {f"M{number}": memory for number, memory in enumerate(_nearest(work), start=1)}
    release_connection()


def _earlier(work: Ingestion) -> list[Message]:
    """Return the last messages of the run before this event; of the same person lately, if there is no run."""
    event = work.event
    before = Message.objects.filter(**{**whose(event), "run_id": event.run_id}, said_at__lte=event.said_at)
    if event.run_id is None:
        before = before.filter(said_at__gte=event.said_at - EXCHANGE)
    # Of two events of the same time, the one recorded first came first: ids grow with time.
    last = before.filter(event_id__lt=event.pk).order_by("-said_at", "-event_id", "-position")[:EARLIER]
    return list(last)[::-1]


def _nearest(work: Ingestion) -> list[Memory]:
    """Return the memories of the same person that are nearest to what the user says, best of each query first."""
    scope = memories_of(work.event).holding().unexpired()
    embedder = work.event.project.embedder
    rankings = [
        [hit.memory for hit in recall(scope=scope, query=query, limit=KNOWN, embedder=embedder).hits]
        for query in _queries(work)
    ]
    found: dict[object, Memory] = {}
    for place in range(KNOWN):
        found.update({ranking[place].pk: ranking[place] for ranking in rankings if place < len(ranking)})
    return list(found.values())[:KNOWN]


def _queries(work: Ingestion) -> Iterator[str]:
    said = [t for m, t in zip(work.messages, work.texts, strict=True) if m.role == Message.Role.USER and t.strip()]
    size = max(1, -(-len(said) // QUERIES))
    for start in range(0, len(said), size):
        each = QUERY_CHARACTERS // size
        yield "\n".join(text[: max(each, 80)] for text in said[start : start + size])
