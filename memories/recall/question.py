"""A query as it is understood before anything is looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from memories.lexemes import STOP_WORDS, lexemes, search_terms
from memories.recall.periods import Period, find_period
from memories.recall.scope import Scope
from memories.traits import Trait, wanted_traits

NAMES = """
SELECT DISTINCT name FROM scope CROSS JOIN LATERAL (VALUES (speaker), (about)) AS named (name) WHERE name <> ''
"""
# A part of a full name that names somebody by itself: "Ann" of "Ann Lee", not "J." of "J. Lee".
_PART = re.compile(r"[^\W\d_]{2,}")
_LATIN_EDGE = re.compile(r"[a-z0-9\u00c0-\u024f]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `people` are the names of speakers in it, as memories have them.

    `subject` is the text without those names: who speaks is a signal of its own, and a turn seldom holds the name
    of its speaker. `terms` are the words to look for, `wanted` what the answer should tell, `period` the time
    spoken of. `embedder` names whose vectors are looked through; "" is the configured one's.
    """

    text: str
    subject: str
    people: frozenset[str] = frozenset()
    terms: tuple[str, ...] = ()
    wanted: Trait = field(default_factory=lambda: Trait(0))
    period: Period | None = None
    by_words: bool = True
    embedder: str = ""


@dataclass(slots=True)
class _Naming:
    people: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)


def read_question(text: str, scope: Scope, *, today: date, by_words: bool = True, embedder: str = "") -> Question:
    """Return `text` read against the names in `scope` and the date from which "last summer" counts."""
    naming = _named((str(name) for (name,) in scope.rows(NAMES)), text)
    subject = _without(text, naming.said) or text
    of_names = {word for name in naming.said for word in lexemes(name)}
    terms = search_terms(text)
    return Question(
        text=text,
        subject=subject,
        people=frozenset(naming.people),
        terms=tuple([term for term in terms if term not in of_names] or terms),
        wanted=wanted_traits(text),
        period=find_period(text, today),
        by_words=by_words,
        embedder=embedder,
    )


def _named(names: Iterable[str], text: str) -> _Naming:
    naming = _Naming()
    for name in names:
        parts = [part for part in _PART.findall(name) if part.casefold() not in STOP_WORDS]
        said = [part for part in (name, *parts) if _pattern(part).search(text)]
        if said:
            naming.people.add(name)
            naming.said.update(said)
    return naming


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
