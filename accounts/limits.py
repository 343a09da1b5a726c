"""How often a key and its project may call: counted over all processes, in one statement per call."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

import psycopg
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.utils import timezone

from accounts.models import ApiKey, RequestCount
from accounts.portions import Portions, seconds
from accounts.rates import Rate, parse_rate
from accounts.standing import Changed

logger = logging.getLogger(__name__)
_PORTIONS = Portions()
IDLE = timedelta(days=2)  # longer than any window

# Takes some more of a subject's window, or returns no row if there aren't so many left. A clock that lags behind
# another process' counts into the window that is open already.
_TAKE = """
INSERT INTO accounts_requestcount AS counted (subject, window_start, count)
SELECT {subject}, moment - moment % {seconds}, {size} FROM clock {after}
ON CONFLICT (subject) DO UPDATE SET
    count = CASE WHEN counted.window_start < excluded.window_start THEN 0 ELSE counted.count END + excluded.count,
    window_start = greatest(counted.window_start, excluded.window_start)
WHERE counted.window_start < excluded.window_start OR counted.count + excluded.count <= {limit}
RETURNING count
"""
# Nothing is counted unless the condition holds.
_CLOCK = """
WITH asked AS (SELECT {condition} AS holds),
     clock AS (SELECT floor(extract(epoch FROM clock_timestamp()))::bigint AS moment FROM asked WHERE holds)
"""
# One call, one round trip. What the first subject refuses is not taken from the second: a key over its limit must
# not use up its project's.
_FIRST = ", first AS (" + _TAKE.format(subject="$1", seconds="$2", limit="$3", size="$4", after="") + ")"
_SECOND = ", second AS (" + _TAKE.format(subject="$5", seconds="$6", limit="$7", size="$8", after=", first") + ")"
_STATEMENTS = (
    f"{_CLOCK} SELECT moment FROM clock",  # noqa: S608 (constants only)
    f"{_CLOCK}{_FIRST} SELECT moment, (SELECT count FROM first) FROM clock",  # noqa: S608 (constants only)
    f"{_CLOCK}{_FIRST}{_SECOND} SELECT moment, (SELECT count FROM first), (SELECT count FROM second) FROM clock",  # noqa: S608
)
# SQL that is true or false, with %s for its parameters, and those.
Condition = tuple[str, list[Any]]
ALWAYS: Condition = ("true", [])


class Uncounted(Exception):
    """A call can't be counted without Postgres; nothing was counted."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a caller has left. `reset` is in Unix seconds; `wait` is how long to wait if the call is refused, or 0."""

    limit: int
    remaining: int
    reset: int
    wait: int = 0

    def headers(self) -> dict[str, str]:
        """Return the headers that tell it; Retry-After is how long the next call has to wait, mostly not at all."""
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
            "Retry-After": str(0 if self.remaining else max(0, self.reset - int(time.time()))),
        }


def count_call(key: ApiKey, condition: Condition = ALWAYS) -> Allowance | None:
    """Count one call of `key` and return what is left to it, by the narrower of its own and its project's limit.

    None if there is no limit, or if counting fails: limits protect the service, so they must not be what ends it.
    Raises Changed if `condition` doesn't hold, or can't be asked.
    """
    try:
        rates = _rates(key)
        return _take(rates, condition) if rates or condition is not ALWAYS else None
    except (DatabaseError, ValueError) as error:
        if condition is not ALWAYS:
            raise Changed from error
        logger.exception("A call could not be counted; it is answered nevertheless.")
        return None


def count_ahead(key: ApiKey) -> Allowance | None:
    """Count one call of `key` without asking Postgres, and return what is left to it; None if there is no limit.

    Raises Uncounted, and counts nothing, if this process has not counted ahead so far.
    """
    try:
        rates = _rates(key)
    except ValueError as error:
        raise Uncounted from error
    if not rates:
        return None
    taken = _PORTIONS.take_of_each(rates)
    if taken is None:
        raise Uncounted
    return _allowance(rates, *taken)


def _rates(key: ApiKey) -> dict[str, Rate]:
    """Return the limits that hold for `key`, by whose they are; raise ValueError if one isn't a rate."""
    wanted = {
        f"key:{key.pk}": parse_rate(key.rate_limit or settings.RATE_LIMIT_PER_KEY),
        f"project:{key.project_id}": parse_rate(key.project.rate_limit or settings.RATE_LIMIT_PER_PROJECT),
    }
    return {subject: rate for subject, rate in wanted.items() if rate is not None}


def _take(rates: dict[str, Rate], condition: Condition) -> Allowance | None:
    """Count one call for each subject: what is left of portions is taken once the others have let it pass."""
    portioned = {subject: rate for subject, rate in rates.items() if _PORTIONS.has(subject, rate)}
    now, counts = _count({subject: rate for subject, rate in rates.items() if subject not in portioned}, condition)
    if None not in counts.values():
        for subject, rate in portioned.items():
            count = _PORTIONS.take(subject, rate, now)
            if count is None:  # the window is over
                now, again = _count({subject: rate}, ALWAYS)
                count = again[subject]
            counts[subject] = count
            if count is None:
                break
    return _allowance(rates, now, counts)


def _count(
    rates: dict[str, Rate], condition: Condition, *, singly: Sequence[str] = ()
) -> tuple[int, dict[str, int | None]]:
    """Count a call, or a portion, for each subject up to the first that has none left.

    Of those that are counted `singly` it is a call. Returns the time in Unix seconds, and how many each has made in
    its window, None for who may make no more.
    """
    sizes = {name: 1 if name in singly else _PORTIONS.size(name, rate) for name, rate in rates.items()}
    clock = seconds()
    now, *found = _ask(rates, sizes, condition)
    counts: dict[str, int | None] = {}
    for (subject, rate), count in zip(rates.items(), found, strict=True):
        if count is not None:
            size = sizes[subject]
            counts[subject] = _PORTIONS.put(subject, rate, now, count=count, size=size, clock=clock)
        elif sizes[subject] == 1:
            counts[subject] = None
            break
        else:  # there may be some left, though not so many
            _PORTIONS.count_singly(subject, rate, now)
            left = {name: rates[name] for name in rates if name not in counts}
            now, again = _count(left, ALWAYS, singly=[*singly, subject])
            return now, {**counts, **again}
    return now, counts


def _ask(rates: dict[str, Rate], sizes: dict[str, int], condition: Condition) -> Sequence[Any]:
    asked, values = condition
    given = [v for subject, rate in rates.items() for v in (subject, rate.seconds, rate.requests, sizes[subject])]
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    # Raw, because psycopg would look for placeholders at each call anew.
    with database.wrap_database_errors, psycopg.RawCursor(database.connection) as cursor:
        cursor.execute(_statement(len(rates), asked), [*given, *values])
        taken: Sequence[Any] | None = cursor.fetchone()
    if taken is None:
        raise Changed
    return taken


@lru_cache
def _statement(subjects: int, condition: str) -> bytes:
    """Write the statement for so many subjects, with the condition's parameters after theirs."""
    first, *parts = condition.split("%s")
    numbered = first + "".join(f"${number}{part}" for number, part in enumerate(parts, 4 * subjects + 1))
    return _STATEMENTS[subjects].replace("{condition}", numbered).encode()


def _allowance(rates: dict[str, Rate], now: int, counts: Mapping[str, int | None]) -> Allowance | None:
    allowances = []
    for subject, count in counts.items():
        rate = rates[subject]
        reset = now - now % rate.seconds + rate.seconds
        if count is None:
            return Allowance(limit=rate.requests, remaining=0, reset=reset, wait=reset - now)
        # A limit that was lowered within the window may be below what was counted.
        allowances.append(Allowance(rate.requests, max(rate.requests - count, 0), reset))
    return min(allowances, key=lambda allowance: allowance.remaining, default=None)


def uncounted() -> Allowance | None:
    """Return what a new caller has: for the answers to calls that are nobody's, such as one with a wrong key."""
    try:
        rate = parse_rate(settings.RATE_LIMIT_PER_KEY)
    except ValueError:
        return None
    if rate is None:
        return None
    now = int(time.time())
    return Allowance(rate.requests, rate.requests, now - now % rate.seconds + rate.seconds)


def forget_idle_counts() -> int:
    """Remove the counts of those who have long not called; return how many."""
    before = int((timezone.now() - IDLE).timestamp())
    removed, _models = RequestCount.objects.filter(window_start__lt=before).delete()
    return removed
