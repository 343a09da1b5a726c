"""Counting how often memories are recalled, from the access log: in the background, so that no search waits for it."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from memories.models import AccessLog, Memory, VisitMark

# How many reads are counted in one transaction.
BATCH = 5000
# A read that is noted at this moment may get its number before another that is written sooner.
SETTLED = timedelta(seconds=30)

# In the order in which everybody else locks memories.
_COUNT_READS = """
WITH seen AS (
    SELECT visited AS id, count(*) AS visits, max(created_at) AS last
    FROM memories_accesslog, unnest(memory_ids) AS visited
    WHERE memories_accesslog.id > %s AND memories_accesslog.id <= %s
    GROUP BY visited
), held AS (
    SELECT memory.id FROM memories_memory AS memory JOIN seen ON seen.id = memory.id
    ORDER BY memory.id FOR NO KEY UPDATE OF memory
)
UPDATE memories_memory AS memory
SET visits = memory.visits + seen.visits, visited_at = greatest(memory.visited_at, seen.last)
FROM seen JOIN held ON held.id = seen.id
WHERE memory.id = seen.id
"""
_COUNT_SOURCES = """
WITH touched AS (
    SELECT DISTINCT memory_id AS id FROM memories_memory_sources WHERE id > %s AND id <= %s
), held AS (
    SELECT memory.id FROM memories_memory AS memory JOIN touched ON touched.id = memory.id
    ORDER BY memory.id FOR NO KEY UPDATE OF memory
), counted AS (
    SELECT held.id, (SELECT count(*) FROM memories_memory_sources WHERE memory_id = held.id) AS sources FROM held
)
UPDATE memories_memory AS memory SET interactions = greatest(counted.sources, 1)
FROM counted WHERE memory.id = counted.id AND memory.interactions <> greatest(counted.sources, 1)
"""


def count_visits() -> int:
    """Add to each memory the searches that have returned it since the last count; return how many searches.

    Each is counted once, also if the worker dies, since the mark moves in the transaction that counts. Of two workers
    at once, one does it. Neither versions nor `updated_at` change: that it was read is nothing about the memory.
    """
    VisitMark.objects.get_or_create(pk=1)
    _count_sources()
    counted = 0
    while found := _count_reads():
        counted += found
    return counted


def _count_reads() -> int:
    with transaction.atomic():
        mark = _held_mark()
        if mark is None:
            return 0
        settled = AccessLog.objects.filter(pk__gt=mark.read, created_at__lt=timezone.now() - SETTLED)
        reads = list(settled.order_by("pk").values_list("pk", flat=True)[:BATCH])
        if reads:
            _execute(_COUNT_READS, mark.read, reads[-1])
            mark.read = reads[-1]
            mark.save()
    return len(reads)


def _count_sources() -> None:
    """Count the sources of the memories that have got any since the count before the last one.

    Sources are written in long transactions, so one may come to light after a later one has been counted. They are
    counted anew rather than added up, so twice does no harm.
    """
    with transaction.atomic():
        mark = _held_mark()
        last = Memory.sources.through.objects.aggregate(last=Max("pk"))["last"] or 0
        if mark is None or last <= mark.link_before:
            return
        _execute(_COUNT_SOURCES, mark.link_before, last)
        mark.link_before, mark.link = mark.link, last
        mark.save()


def _held_mark() -> VisitMark | None:
    return VisitMark.objects.select_for_update(skip_locked=True).first()


def _execute(statement: str, since: int, last: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [since, last])
