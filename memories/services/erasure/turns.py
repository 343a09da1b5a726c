"""The messages that purged memories rest on, without the words of which the memories were made."""

from __future__ import annotations

import re
from collections.abc import Iterable

from memories.models import Attachment, Event, Memory, MemoryVersion, Message
from memories.privacy.marks import ERASED
from memories.services.erasure.traces import Ids, Traces


def erase_turns(traces: Traces) -> None:
    """Empty the messages on which only these memories rest; cut the memories' words out of the others.

    What such a message's job kept beside them goes, too: the metadata of its memories, once none is left, and what
    statements were refused. Call it while the memories still are there.
    """
    wordings = set(MemoryVersion.objects.filter(memory__in=traces.memories).values_list("text", flat=True))
    wordings |= set(Memory.objects.filter(pk__in=traces.memories).values_list("text", flat=True))
    Message.objects.filter(pk__in=traces.turns).update(text=ERASED)
    Attachment.objects.filter(message__in=traces.turns).delete()
    changed = []
    for message in Message.objects.filter(pk__in=traces.shared):
        text = without(message.text, wordings)
        if text != message.text:
            message.text = text
            changed.append(message)
    Message.objects.bulk_update(changed, ["text"])
    for attachment in Attachment.objects.filter(message__in=traces.shared).without_content():
        text = without(attachment.text, wordings)
        if text != attachment.text:
            Attachment.objects.filter(pk=attachment.pk).update(text=text)
    _empty_events(traces.turns | traces.shared, traces.memories)


def without(text: str, wordings: Iterable[str]) -> str:
    """Return `text` with a mark in the place of each of the wordings, whatever its case and spacing."""
    for wording in sorted(wordings, key=len, reverse=True):
        parts = wording.rstrip(".。").split()
        if parts:
            text = re.sub(r"\s+".join(map(re.escape, parts)) + "[.。]?", ERASED, text, flags=re.IGNORECASE)
    return text


def _empty_events(messages: Ids, memories: Ids) -> None:
    """Take from the messages' jobs what they kept of the words besides."""
    events = Event.objects.filter(messages__in=messages).distinct()
    resting = Memory.objects.filter(sources__event__in=events).exclude(pk__in=memories)
    still = set(resting.values_list("sources__event", flat=True))
    changed = []
    for event in events:
        event.refusals = [{**refusal, "text": ERASED} for refusal in event.refusals]
        if event.pk not in still:
            event.options = {name: value for name, value in event.options.items() if name != "metadata"}
            event.notes = []
        changed.append(event)
    Event.objects.bulk_update(changed, ["refusals", "options", "notes"], batch_size=1000)
