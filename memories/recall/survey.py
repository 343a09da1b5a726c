"""What a search must know of its scope before anything is looked for, read in one go through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memories.recall.scope import Scope

# Of a scope that is larger, so many memories tell the mean and the names, and Postgres' planner how many there are.
READ = 50_000
# The limit is part of the text: Postgres plans for a tenth of all rows if it is only told the limit afterwards.
SURVEY = """
SELECT speaker, about, count(*), sum(lexeme_count)
FROM (SELECT speaker, about, lexeme_count FROM scope LIMIT {limit}) AS read GROUP BY speaker, about
"""
ESTIMATE = "SELECT FROM scope"


@dataclass(frozen=True, slots=True)
class Survey:
    """How many memories a scope has, how many words one has in the mean (at least 1), and who is named in them.

    `names` are those who speak in it or whom it is about. Exact up to READ memories; of more, an estimate.
    """

    count: int
    mean_length: float
    names: tuple[str, ...]


def survey(scope: Scope) -> Survey:
    """Return the survey of `scope`, in one statement, or two of a scope that is larger than READ."""
    rows = scope.rows(SURVEY.format(limit=READ + 1))
    count = sum(row[2] for row in rows)
    words = sum(row[3] for row in rows)
    names = dict.fromkeys(name for row in rows for name in row[:2] if name)
    if count > READ:
        [(found,)] = scope.explained(ESTIMATE)
        return Survey(max(count, int(found[0]["Plan"]["Plan Rows"])), max(words / count, 1.0), tuple(names))
    return Survey(count, max(words / count, 1.0) if count else 1.0, tuple(names))
