"""A query as it is understood before anything is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from memories.lexemes import STOP_WORDS, lexemes, search_terms
from memories.recall.periods import Period, find_period
from memories.recall.scope import Scope
from memories.traits import Trait, wanted_traits

PATTERNS = 10_000  # of names, kept compiled
# A part of a full name that names somebody by itself: "Ann" of "Ann Lee", not "J." of "J. Lee".
_PART = re.compile(r"[^\W\d_]{2,}")
_LATIN_EDGE = re.compile(r"[a-z0-9\u00c0-\u024f]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `people` are the names of speakers in it, as memories have them.

    `subject` is the text without those names: who speaks is a signal of its own, and a turn seldom holds the name
    of its speaker. `terms` are the words to look for (none if words are not to count), `wanted` what the answer should
    tell, `period` the time spoken of. `embedder` names whose vectors are looked through; "" is the configured one's.
    """

    text: str
    subject: str
    people: frozenset[str] = frozenset()
    terms: tuple[str, ...] = ()
    wanted: Trait = field(default_factory=lambda: Trait(0))
    period: Period | None = None
    embedder: str = ""


@dataclass(slots=True)
class _Naming:
    people: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)


def names_in(scope: Scope) -> list[str]:
    """Return the names of those who speak in `scope`, or whom it is about."""
    return list(scope.survey.names)


def read_question(
    text: str, names: Iterable[str], *, today: date, by_words: bool = True, embedder: str = ""
) -> Question:
    """Return `text` read against the `names` that memories have and the date from which "last summer" counts.

    Without `by_words` its words aren't looked for.
    """
    naming = _named(names, text)
    subject = _without(text, naming.said) or text
    of_names = {word for name in naming.said for word in lexemes(name)}
    terms = search_terms(text) if by_words else []
    return Question(
        text=text,
        subject=subject,
        people=frozenset(naming.people),
        terms=tuple([term for term in terms if term not in of_names] or terms),
        wanted=wanted_traits(text),
        period=find_period(text, today),
        embedder=embedder,
    )


def _named(names: Iterable[str], text: str) -> _Naming:
    naming = _Naming()
    for name in names:
        said = [part for part, pattern in _patterns(name) if pattern.search(text)]
        if said:
            naming.people.add(name)
            naming.said.update(said)
    return naming


@lru_cache(PATTERNS)
def _patterns(name: str) -> list[tuple[str, re.Pattern[str]]]:
    """Return the name and its parts, each with what finds it."""
    parts = [part for part in _PART.findall(name) if part.casefold() not in STOP_WORDS]
    return [(part, _pattern(part)) for part in (name, *parts)]


def _pattern(name: str) -> re.Pattern[str]:
    """Return what finds `name`: as a word of its own where words have spaces around them."""
    start = r"(?<!\w)" if _LATIN_EDGE.match(name[0]) else ""
    end = r"(?!\w)" if _LATIN_EDGE.match(name[-1]) else ""
    return re.compile(f"{start}{re.escape(name)}{end}", re.IGNORECASE)


def _without(text: str, names: Iterable[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(_pattern(name).pattern + r"(?:['’]s\b)?", " ", text, flags=re.IGNORECASE)
    text = " ".join(text.split())
    return text if re.search(r"\w", text) else ""
