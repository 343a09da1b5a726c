"""Reasons to rank a candidate higher that lie in who speaks, what is told, when, and how much it matters."""

from __future__ import annotations

import math

import numpy as np

from memories.recall.columns import Floats
from memories.recall.pool import Pool
from memories.traits import Trait

# From here on a text isn't more of an answer for being longer.
LONG = 60


class Person:
    """The memory is about, or was said by, somebody whom the question names."""

    name = "person"
    weight = 2.75

    def weigh(self, pool: Pool) -> Floats | None:
        """Return 1 for the memories of the people named; who it is about counts before who said it."""
        people = pool.question.people
        if not people:
            return None
        named = [number for number, name in enumerate(pool.columns.names) if name in people]
        return np.isin(pool.columns.who, named).astype(np.float64)


class Answer:
    """The memory tells what the question asks for: a time, a number."""

    name = "answer"
    weight = 2.0

    def weigh(self, pool: Pool) -> Floats | None:
        """Return 1 for the memories that do."""
        wanted = int(pool.question.wanted)
        if not wanted:
            return None
        tells: Floats = ((pool.columns.traits & wanted) != 0).astype(np.float64)
        return tells


class Substance:
    """The memory says much, and states rather than asks."""

    name = "substance"
    weight = 2.5

    def weigh(self, pool: Pool) -> Floats | None:
        """Return three parts of length, on a logarithmic scale, and one of stating."""
        length = np.minimum(np.log1p(pool.columns.lexeme_count) / math.log1p(LONG), 1.0)
        states = (pool.columns.traits & int(Trait.ASKS)) == 0
        substance: Floats = 0.75 * length + 0.25 * states
        return substance


class Time:
    """The memory is of the time that the question speaks of."""

    name = "time"
    weight = 2.0

    def weigh(self, pool: Pool) -> Floats | None:
        """Return how near each memory is to that time: when it happened, else when it was said."""
        period = pool.question.period
        return None if period is None else period.nearness(pool.columns.day)


class Standing:
    """Somebody pinned the memory, or it was found to be more, or less, important than others."""

    name = "importance"
    weight = 0.5

    def weigh(self, pool: Pool) -> Floats | None:
        """Return 1 for what is pinned, else the importance."""
        return pool.columns.standing
