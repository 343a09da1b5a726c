"""What keeps a memory out of a search's scope: the trash, its state, its time, or a part of the filters."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from accounts.models import Project
from memories.filters import compile_filter
from memories.models import Memory

LONGEST_PART = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """What a search was narrowed by; `day` is that by which expiration is judged, None for today."""

    project: Project
    filters: Mapping[str, Any]
    as_of: datetime | None = None
    latest_only: bool = True
    show_expired: bool = False
    day: date | None = None

    def why_not(self, memory: Memory) -> str:
        """Return in words the first reason why `memory` is not in scope."""
        return self._state(memory) or self._time(memory) or self._filters(memory)

    def _state(self, memory: Memory) -> str:
        if memory.state == Memory.State.DELETED:
            return "It is in the trash."
        if memory.state == Memory.State.SUPERSEDED and self.as_of is None and self.latest_only:
            by = f" by {memory.superseded_by_id}" if memory.superseded_by_id else ""
            return f"It was superseded{by}: ask with latest_only false, or as_of an earlier time."
        if memory.state not in (Memory.State.ACTIVE, Memory.State.SUPERSEDED):
            return f"Only active memories are recalled; this one's state is {memory.state}."
        return ""

    def _time(self, memory: Memory) -> str:
        day = self.day or (self.as_of or timezone.now()).date()
        if not self.show_expired and memory.expiration_date and memory.expiration_date < day:
            return f"Its last day was {memory.expiration_date}, before {day}: ask with show_expired true."
        if not (self.as_of or self.latest_only) or Memory.objects.filter(pk=memory.pk).holding(self.as_of).exists():
            return ""
        since, until = (moment.date() if moment else "ever" for moment in (memory.valid_from, memory.valid_until))
        when = f"as of {self.as_of:%Y-%m-%d %H:%M}" if self.as_of else "now"
        return f"It does not hold {when}: it was said on {memory.said_at.date()}, and holds from {since} to {until}."

    def _filters(self, memory: Memory) -> str:
        for part in _parts(self.filters):
            if not Memory.objects.filter(compile_filter(part, project=self.project), pk=memory.pk).exists():
                said = json.dumps(part, ensure_ascii=False, default=str)
                return f"It doesn't match {shortened(said)} of the filters."
        return "The filters of the search leave it out."


def shortened(text: str) -> str:
    """Return the beginning of a long text."""
    return text if len(text) <= LONGEST_PART else f"{text[:LONGEST_PART]}…"


def _parts(filters: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the conditions that must all hold, each as a filter of its own."""
    for key, value in filters.items():
        if key == "AND":
            for part in value:
                yield from _parts(part)
        else:
            yield {key: value}
