"""Several workers at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from memories.models import Event
from memories.services.ingest import ingest


def ingest_at_once(events: Sequence[Event]) -> None:
    """Ingest each of the events in a thread of its own, six at a time; raise what any of them raises."""

    def run(event: Event) -> None:
        try:
            ingest(event.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(run, events))
