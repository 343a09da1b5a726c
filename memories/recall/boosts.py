"""Reasons to rank a candidate higher that lie in who speaks, what is told, when, and how much it matters."""

from __future__ import annotations

import math
from collections.abc import Sequence

from memories.recall.pool import Pool
from memories.traits import Trait

# From here on a text isn't more of an answer for being longer.
LONG = 60


class Person:
    """The memory is about, or was said by, somebody whom the question names."""

    name = "person"
    weight = 2.75

    def weigh(self, pool: Pool) -> Sequence[float] | None:
        """Return 1 for the memories of the people named; who it is about counts before who said it."""
        people = pool.question.people
        if not people:
            return None
        return [float((fact.about or fact.speaker) in people) for fact in pool.facts]


class Answer:
    """The memory tells what the question asks for: a time, a number."""

    name = "answer"
    weight = 2.0

    def weigh(self, pool: Pool) -> Sequence[float] | None:
        """Return 1 for the memories that do."""
        wanted = int(pool.question.wanted)
        if not wanted:
            return None
        return [float(bool(fact.traits & wanted)) for fact in pool.facts]


class Substance:
    """The memory says much, and states rather than asks."""

    name = "substance"
    weight = 2.5

    def weigh(self, pool: Pool) -> Sequence[float] | None:
        """Return three parts of length, on a logarithmic scale, and one of stating."""
        asks = int(Trait.ASKS)
        return [
            0.75 * min(math.log1p(fact.lexeme_count) / math.log1p(LONG), 1.0) + (0.0 if fact.traits & asks else 0.25)
            for fact in pool.facts
        ]


class Time:
    """The memory is of the time that the question speaks of."""

    name = "time"
    weight = 2.0

    def weigh(self, pool: Pool) -> Sequence[float] | None:
        """Return how near each memory is to that time: when it happened, else when it was said."""
        period = pool.question.period
        if period is None:
            return None
        return [period.nearness(fact.day) if fact.day else 0.0 for fact in pool.facts]


class Standing:
    """Somebody pinned the memory, or it was found to be more, or less, important than others."""

    name = "importance"
    weight = 0.5

    def weigh(self, pool: Pool) -> Sequence[float] | None:
        """Return 1 for what is pinned, else the importance."""
        return [1.0 if fact.pinned else fact.importance for fact in pool.facts]
