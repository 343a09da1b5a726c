"""What the program has noted in English, in the language of whoever reads it.

A worker writes a note once, for people of any language and for apps. So notes are stored in English, as the API tells
them, and the pages look for the sentence that each was made of.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django import template
from django.utils.translation import gettext, gettext_noop

register = template.Library()

SENTENCES = (
    # Why a statement was refused: memories/extraction/validation.py, memories/ingestion/privacy.py and so on.
    gettext_noop("It is empty."),
    gettext_noop("It is longer than %(number)s characters."),
    gettext_noop("It cites no message."),
    gettext_noop("It cites messages that do not exist: %(numbers)s."),
    gettext_noop("It rests only on what an assistant or the system said."),
    gettext_noop("It repeats instructions rather than something said by a person."),
    gettext_noop("It changed the language of the message."),
    gettext_noop("It repeats what was recalled, not what the person says now."),
    gettext_noop("It rests on memories or orders that were put into the message, not on the person's words."),
    gettext_noop("It shares no words with the message it cites."),
    gettext_noop("It repeats a statement made before."),
    gettext_noop("It holds a secret, which is not kept."),
    gettext_noop("It holds what this project refuses to keep."),
    gettext_noop("It is about a topic that this project doesn't want remembered."),
    gettext_noop("the review policy rejects it"),
    gettext_noop("suppressed"),
    # What a reader of an export or a profile should know: memories/derivation.
    gettext_noop("Made without a language model: fields hold memories of the category or metadata of their name."),
    gettext_noop("Made without a language model: statements as they were said, by category."),
    gettext_noop("Not filled: %(fields)s."),
    gettext_noop("No memory has the category of: %(fields)s."),
    gettext_noop("Made from the newest %(number)s of %(total)s memories: more don't fit."),
    gettext_noop("Made from the newest %(number)s of %(total)s memories."),
    gettext_noop("Only the newest %(number)s of %(total)s memories were looked at."),
    gettext_noop("%(number)s lines were left out: they cite no memory, or break the schema."),
    # Why a memory changed: memories/services/relating.py.
    gettext_noop("Something said later took its place."),
    gettext_noop("It no longer holds: %(text)s"),
)
_GAP = re.compile(r"%\\\((\w+)\\\)s")


@register.filter
def told(note: str) -> str:
    """Return a note in the language of the page; as it is, if it is none of ours."""
    for sentence in SENTENCES:
        if found := _pattern(sentence).fullmatch(note):
            return gettext(sentence) % found.groupdict() if found.groupdict() else gettext(sentence)
    return note


@lru_cache(maxsize=len(SENTENCES))
def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile(_GAP.sub(r"(?P<\1>.+)", re.escape(sentence)), re.DOTALL)
