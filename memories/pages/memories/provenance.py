"""Why something is remembered: the messages it rests on, with what was said around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import groupby
from operator import or_
from typing import NamedTuple

from django.db.models import Prefetch, Q

from accounts.principal import Principal
from memories.models import Attachment, Event, Memory, Message

# How many turns on either side of a source are fetched, and how many sources.
NEIGHBOURS = 3
MAX_SOURCES = 10


class Stretch(NamedTuple):
    """Part of a message; `marked` where it holds the memory's own words."""

    text: str
    marked: bool


@dataclass(slots=True)
class Exhibit:
    """An attachment as the page shows it; `cited` if the memory's own words are in it."""

    attachment: Attachment
    stretches: list[Stretch]
    cited: bool


@dataclass(slots=True)
class Turn:
    """A message as the page shows it."""

    message: Message
    is_source: bool
    stretches: list[Stretch]
    exhibits: list[Exhibit]


@dataclass(slots=True)
class Conversation:
    """One event's part in a memory: runs of turns, alternately sources and what was said around them."""

    event: Event
    runs: list[tuple[bool, list[Turn]]] = field(default_factory=list)


@dataclass(slots=True)
class Provenance:
    """Where a memory comes from; `more` is the number of later sources that are not shown."""

    conversations: list[Conversation]
    more: int


def provenance(memory: Memory, principal: Principal, wordings: Sequence[str]) -> Provenance:
    """Return the memory's first sources, oldest first, each with its neighbouring turns.

    Marked is the first of `wordings` that a source contains: a corrected memory still shows where it came from.
    """
    said = Message.objects.for_principal(principal).in_project(memory.project)
    rows = said.filter(memories=memory).order_by("said_at", "event", "position")
    sources = list(rows[:MAX_SOURCES])
    more = rows.count() - MAX_SOURCES if len(sources) == MAX_SOURCES else 0
    near = [
        Q(event=s.event_id, position__range=(max(s.position - NEIGHBOURS, 0), s.position + NEIGHBOURS))
        for s in sources
    ]
    if not near:
        return Provenance([], 0)
    shown = said.filter(reduce(or_, near)).select_related("event").order_by("event", "position")
    attached = Attachment.objects.for_principal(principal).without_content()
    turns = list(shown.prefetch_related(Prefetch("attachments", attached)))
    return Provenance(_conversations(turns, {source.pk for source in sources}, wordings), more)


def _conversations(turns: Iterable[Message], sources: set[object], wordings: Sequence[str]) -> list[Conversation]:
    """Group turns, which come event by event, into runs that are sources and runs that are not."""
    found = []
    for event, messages in groupby(turns, key=lambda message: message.event):
        shown = [_turn(message, wordings if message.pk in sources else None) for message in messages]
        runs = [(is_source, list(run)) for is_source, run in groupby(shown, key=lambda turn: turn.is_source)]
        found.append(Conversation(event, runs))
    return found


def _turn(message: Message, wordings: Sequence[str] | None) -> Turn:
    """Return a message with the memory's `wordings` marked; None for one that is no source."""
    sought = wordings or ()
    exhibits = []
    for attachment in message.attachments.all():
        stretches = highlight(attachment.text, sought)
        exhibits.append(Exhibit(attachment, stretches, any(stretch.marked for stretch in stretches)))
    return Turn(message, wordings is not None, highlight(message.text, sought), exhibits)


def highlight(text: str, wordings: Iterable[str]) -> list[Stretch]:
    """Return `text` in stretches, marking the first of `wordings` that it says, whatever its case and spacing."""
    for words in wordings:
        # A full stop may be the extractor's own, or have been left behind by it.
        parts = words.rstrip(".。").split()
        pattern = r"\s+".join(map(re.escape, parts)) + "[.。]?"
        match = re.search(pattern, text, re.IGNORECASE) if parts else None
        if match:
            found = (text[: match.start()], False), (match.group(), True), (text[match.end() :], False)
            return [Stretch(part, marked) for part, marked in found if part]
    return [Stretch(text, False)]
