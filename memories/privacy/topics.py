"""Topics that a project doesn't want remembered.

A topic is written as a line: its name and, after a colon, words that belong to it: `health: diabetes, 病気`. A
statement is about it if it contains all words of the name or of one of the others, or if its vector lies near that of
the name. Neither proves anything: a statement that avoids the words and is put unusually passes, and the embedded
embedder knows English only, so for other languages the words must do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot
from operator import mul

from memories.lexemes import lexemes
from memories.privacy.marks import without_marks

# A colon and a comma as English, Japanese and Chinese keyboards write them.
_COLON, _COMMA = re.compile("[:：]"), re.compile("[,，、;；]")
# Cosine from which a statement counts as near a topic's name; docs/privacy.md tells how it was chosen.
NEAR = 0.32


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its name, and the sets of lexemes of which one must be in a statement about it."""

    name: str
    phrases: tuple[frozenset[str], ...]

    def is_named_in(self, words: frozenset[str]) -> bool:
        """Tell whether a text with these lexemes names the topic, or something that belongs to it."""
        return any(phrase <= words for phrase in self.phrases)


def parse_topics(lines: Sequence[str]) -> list[Topic]:
    """Return the topics that the lines describe."""
    topics = []
    for line in lines:
        name, *rest = _COLON.split(line, maxsplit=1)
        written = [name, *(_COMMA.split(rest[0]) if rest else [])]
        phrases = (frozenset(lexemes(phrase)) for phrase in written)
        topics.append(Topic(name.strip(), tuple(phrase for phrase in phrases if phrase)))
    return [topic for topic in topics if topic.name and topic.phrases]


def named_topic(text: str, topics: Sequence[Topic]) -> str:
    """Return the name of the first topic that `text` names, or ""."""
    words = frozenset(lexemes(without_marks(text)))
    return next((topic.name for topic in topics if topic.is_named_in(words)), "")


def nearest_topic(vector: Sequence[float], topics: Sequence[Topic], vectors: Sequence[Sequence[float]]) -> str:
    """Return the name of the topic whose vector is nearest to `vector`, or "" if none is near; all of one embedder."""
    cosines = [_cosine(vector, of_topic) for of_topic in vectors]
    best = max(range(len(topics)), key=cosines.__getitem__, default=None)
    return topics[best].name if best is not None and cosines[best] >= NEAR else ""


def _cosine(one: Sequence[float], other: Sequence[float]) -> float:
    lengths = hypot(*one) * hypot(*other)
    return sum(map(mul, one, other)) / lengths if lengths else 0.0
