"""Making the indexes on vectors that searches have use for, and removing those that nobody has use for any more.

An index makes each add slower (docs/performance.md), so a store has none until a search ranges over so much that an
index would have answered it faster.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Q
from django.utils import timezone
from psycopg import sql

from memories.models import VectorIndex
from memories.recall.nearest import condition, expression

logger = logging.getLogger(__name__)
# How long an index stays that no search has use for, and how long one that couldn't be made is left alone.
KEPT = timedelta(days=30)
PAUSE = timedelta(hours=1)
# pgvector's limit for an index of 16-bit numbers, and its first version that scans one further and further.
MOST_DIMENSIONS = 4000
OLDEST_PGVECTOR = (0, 8)
# pgvector's own defaults, with which docs/performance.md was measured.
GRAPH = "m = 16, ef_construction = 64"
LOCK = 0x76656374  # "vect"
IS_THERE = "SELECT indisvalid AND indisready FROM pg_index WHERE indexrelid = to_regclass(%s)"


def keep_indexes() -> None:
    """Make what is asked for and not there, one after the other; remove what was not asked for lately.

    Does nothing while another does it.
    """
    with _alone() as alone:
        if not alone:
            return
        for index in VectorIndex.objects.unasked_since(timezone.now() - KEPT):
            _drop(index)
            index.delete()
        waiting = Q(tried_at=None) | Q(tried_at__lt=timezone.now() - PAUSE)
        for index in VectorIndex.objects.filter(waiting).order_by("asked_at"):
            if not is_there(index):
                _make(index)


def is_there(index: VectorIndex) -> bool:
    """Tell whether Postgres has the index, complete."""
    with connection.cursor() as cursor:
        cursor.execute(IS_THERE, [index.name])
        return bool(cursor.fetchone() == (True,))


def _make(index: VectorIndex) -> None:
    began = time.monotonic()
    index.tried_at, index.error = timezone.now(), _obstacle(index)
    if not index.error:
        logger.info("Making an index on the vectors by %s.", index)
        try:
            _drop(index)  # what an interrupted attempt has left is invalid, and costs adds as much
            _create(index)
        except DatabaseError as error:
            index.error = str(error)
        else:
            index.built_at, index.seconds = timezone.now(), time.monotonic() - began
    if index.error:
        logger.warning("No index on the vectors by %s: %s", index, index.error)
    index.save(update_fields=["tried_at", "built_at", "seconds", "error"])


def _obstacle(index: VectorIndex) -> str:
    """Return why there can't be such an index, "" if there can."""
    if index.dimensions > MOST_DIMENSIONS:
        return f"Vectors of more than {MOST_DIMENSIONS} dimensions can't be indexed."
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        [version] = cursor.fetchone()
    if tuple(int(part) for part in version.split(".")[:2]) < OLDEST_PGVECTOR:
        return f"pgvector {version} is too old: run ALTER EXTENSION vector UPDATE with 0.8 or later installed."
    return ""


def _create(index: VectorIndex) -> None:
    """Create it while others read and write; Postgres waits for transactions that are open now."""
    name = sql.Identifier(index.name).as_string(connection.connection)
    with connection.cursor() as cursor:
        # By one process: several share their memory by a way that containers keep small.
        cursor.execute(
            "SELECT set_config('maintenance_work_mem', %s, false), "
            "set_config('max_parallel_maintenance_workers', '0', false)",
            [f"{settings.VECTOR_INDEX_MEGABYTES}MB"],
        )
        try:
            # Without parameters, which this statement can't have.
            cursor.execute(
                f"CREATE INDEX CONCURRENTLY {name} ON memories_memoryvector "
                f"USING hnsw (({expression(index.dimensions)}) halfvec_ip_ops) WITH ({GRAPH}) "
                f"WHERE {condition(index.embedder, index.dimensions)}"
            )
        finally:
            cursor.execute("RESET maintenance_work_mem")
            cursor.execute("RESET max_parallel_maintenance_workers")


def _drop(index: VectorIndex) -> None:
    name = sql.Identifier(index.name).as_string(connection.connection)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


@contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        [alone] = cursor.fetchone()
        try:
            yield alone
        finally:
            if alone:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
