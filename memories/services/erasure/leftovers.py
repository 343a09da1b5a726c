"""Looking for what should be gone: words of purged memories, rows that lead to them, names of erased people."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from memories.models import AccessLog, LeftoverCheck, Memory, MemoryVector, MemoryVersion, SavedFilter, Tombstone
from memories.services.erasure.fingerprints import fingerprint
from memories.services.erasure.naming import strings, words
from memories.services.erasure.stores import STORES, Store
from memories.services.erasure.traces import Traces

logger = logging.getLogger(__name__)
BATCH = 1000
KEPT_CHECKS = 100
# A list of found rows as long as this says enough.
MOST_FOUND = 1000
# Here a name may be one of the words.
IN_WORDS: tuple[type[models.Model], ...] = (AccessLog, SavedFilter)


@dataclass(frozen=True, slots=True)
class Leftover:
    """A row that should not be, or not say what it says. `what` is "words", "name", "reference" or "orphan"."""

    store: str
    row: str
    what: str
    project: str = ""


class _Search:
    """One pass over what is kept of one project; `looked_at` counts the rows."""

    def __init__(self, project_id: UUID) -> None:
        self.project_id = project_id
        self.looked_at = 0
        self.erased: dict[str, dict[str, datetime]] = {kind: {} for kind in Tombstone.Kind.values}
        stones = Tombstone.objects.filter(project=project_id).order_by("erased_at")
        for kind, digest, erased_at in stones.values_list("kind", "digest", "erased_at").iterator():
            self.erased[kind][digest] = erased_at
        self._leave_out_what_stands()

    def _leave_out_what_stands(self) -> None:
        """Forget words that a memory which was never purged says, or has said: to find them tells nothing.

        Two people may say the same, and one person in two apps.
        """
        known = self.erased[Tombstone.Kind.MEMORY]
        purged = Tombstone.objects.filter(project=self.project_id, kind=Tombstone.Kind.MEMORY).values("object_id")
        if not known:
            return
        standing = Memory.objects.filter(project=self.project_id).exclude(pk__in=purged)
        versions = MemoryVersion.objects.filter(project=self.project_id).exclude(memory__in=purged)
        for rows in (standing, versions):
            for text in rows.order_by().values_list("text", flat=True).iterator(chunk_size=BATCH):
                known.pop(fingerprint(self.project_id, text), None)

    def words(self, store: Store) -> Iterator[Leftover]:
        """Yield the store's rows from before an erasure that say what was erased, or name who was."""
        fields = [*store.texts, *store.names]
        if not fields:
            return
        rows = store.model._default_manager.filter(project=self.project_id).order_by("pk")
        for pk, made, *values in rows.values_list("pk", store.made, *fields).iterator(chunk_size=BATCH):
            self.looked_at += 1
            said, named = values[: len(store.texts)], values[len(store.texts) :]
            if self._is_erased(Tombstone.Kind.MEMORY, made, strings(_parsed(said))):
                yield Leftover(store.label, str(pk), "words", str(self.project_id))
            if self._is_erased(Tombstone.Kind.NAME, made, _names(store, named)):
                yield Leftover(store.label, str(pk), "name", str(self.project_id))

    def references(self, store: Store) -> Iterator[Leftover]:
        """Yield rows that still lead to a memory that was purged: the same ones that a purge would take."""
        purged = Tombstone.objects.filter(project=self.project_id, kind=Tombstone.Kind.MEMORY).order_by("object_id")
        ids = list(purged.values_list("object_id", flat=True).distinct())
        for start in range(0, len(ids), BATCH):
            traces = Traces(projects=frozenset(), memories=frozenset(ids[start : start + BATCH]))
            for pk in store.rows(traces).order_by("pk").values_list("pk", flat=True):
                yield Leftover(store.label, str(pk), "reference", str(self.project_id))

    def _is_erased(self, kind: str, made: datetime, found: Iterator[str]) -> bool:
        """Tell whether one of the strings was erased after the row was made: what is said anew may be kept."""
        known = self.erased[kind]
        digests = (fingerprint(self.project_id, text) for text in found if known)
        return any((at := known.get(digest)) is not None and made < at for digest in digests)


def find_leftovers() -> LeftoverCheck:
    """Look through every store, note the result, and log what was found as an error; return the note."""
    check = LeftoverCheck.objects.create()
    found: list[Leftover] = []
    forget_old_tombstones()
    for project_id in Tombstone.objects.order_by("project").values_list("project", flat=True).distinct():
        search = _Search(project_id)
        for store in STORES:
            found += search.words(store)
            found += search.references(store)
        check.looked_at += search.looked_at
    found += _orphan_vectors()
    check.found = [asdict(leftover) for leftover in found[:MOST_FOUND]]
    check.completed_at = timezone.now()
    check.save()
    for leftover in found[:MOST_FOUND]:
        logger.error("Leftover of an erasure: %s in %s, row %s.", leftover.what, leftover.store, leftover.row)
    old = LeftoverCheck.objects.order_by("-started_at", "-id").values_list("pk", flat=True)[KEPT_CHECKS:]
    LeftoverCheck.objects.filter(pk__in=list(old)).delete()
    return check


def forget_old_tombstones() -> int:
    """Remove those of memories purged more than settings.TOMBSTONE_DAYS ago; return how many went."""
    before = timezone.now() - timedelta(days=settings.TOMBSTONE_DAYS)
    return Tombstone.objects.filter(kind=Tombstone.Kind.MEMORY, erased_at__lt=before).delete()[0]


def _orphan_vectors() -> Iterator[Leftover]:
    """Yield vectors without a memory: the database forbids them, unless somebody took that away."""
    vectors, memories = MemoryVector._meta.db_table, Memory._meta.db_table
    statement = f"SELECT v.id FROM {vectors} v LEFT JOIN {memories} m ON m.id = v.memory_id WHERE m.id IS NULL"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for (pk,) in cursor.fetchall():
            yield Leftover(MemoryVector._meta.label, str(pk), "orphan")


def _names(store: Store, values: list[Any]) -> Iterator[str]:
    for text in strings(values):
        yield text
        if store.model in IN_WORDS:
            yield from words(text)


def _parsed(values: list[Any]) -> list[Any]:
    """Return the columns with text that is JSON read as such: an answer that was kept is."""
    return [_json(value) if isinstance(value, str) else value for value in values]


def _json(text: str) -> Any:
    if not text.startswith(("{", "[")):
        return text
    try:
        return [text, json.loads(text)]
    except ValueError:
        return text
