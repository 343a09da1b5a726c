"""A store of many memories with vectors that have neighbours as real ones do, filled in a second per 20,000."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from accounts.models import Project
from memories.models import EndUser, Memory

Vectors = NDArray[np.float32]
# Vectors lie around some topics, in fewer directions than they have numbers, as those of sentences do.
TOPICS = 300
DIRECTIONS = 48
SPREAD = 0.7
NOISE = 0.15
BATCH = 20_000
# What differs from the memory that the others are copies of. Of the words, some are in many.
WRITTEN = {
    "id": "(%s || lpad(to_hex(number), 16, '0'))::uuid",
    "end_user_id": "(%s || lpad(to_hex(number %% %s), 16, '0'))::uuid",
    "lexemes": "words.lexemes",
    "lexeme_count": "length(words.lexemes)",
}
WORDS = """
SELECT to_tsvector('simple', string_agg('w' || floor(5000 * random() ^ 3), ' ')) AS lexemes
FROM generate_series(1, %s) WHERE number > 0
"""
# The signature and the header of COPY's binary format, before and after the rows.
BEGINNING = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
COPY = "COPY memories_memoryvector (memory_id, embedder, embedding) FROM STDIN (FORMAT binary)"
END = struct.pack(">h", -1)


@dataclass(frozen=True, slots=True)
class Store:
    """Memories in one project, each of so many `words`: number n is person n % people's."""

    project: Project
    memories: int
    people: int
    dimensions: int
    embedder: str
    words: int = 12

    @property
    def prefix(self) -> str:
        """Return the first half of the ids."""
        return f"{self.project.id.int & 0xFFFFFFFF:08x}{self.memories & 0xFFFF:04x}7000"

    def person(self, number: int) -> UUID:
        """Return the id of one of the people."""
        return UUID(f"{self.prefix}{number:016x}")

    def memory(self, number: int) -> UUID:
        """Return the id of one of the memories, which are numbered from 1."""
        return self.person(number)


def fill(store: Store) -> None:
    """Write the store's people, memories and vectors."""
    with unchecked() as cursor:
        _write_memories(store)
        with cursor.copy(COPY) as copy:
            copy.write(BEGINNING)
            first = 1
            for batch in vectors(store.memories, store.dimensions):
                copy.write(_rows(store, first, batch))
                first += len(batch)
            copy.write(END)


def give_to(store: Store, people: int) -> Store:
    """Let the memories be of so many people, and leave the vectors as they are: they take most of the time."""
    other = replace(store, people=people)
    with unchecked() as cursor:
        cursor.execute("DELETE FROM memories_memory WHERE project_id = %s", [store.project.pk])
        cursor.execute("DELETE FROM memories_enduser WHERE project_id = %s", [store.project.pk])
        cursor.execute("VACUUM memories_memory")
        _write_memories(other)
    return other


@contextmanager
def unchecked() -> Iterator[Any]:
    """Write within without the checks that cost most of an insertion's time; have Postgres look at it afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            yield cursor
        finally:
            cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM (ANALYZE) memories_memory, memories_memoryvector, memories_enduser")


def _write_memories(store: Store) -> None:
    people = [EndUser(id=store.person(i), project=store.project, name=f"p{i}") for i in range(store.people)]
    EndUser.objects.bulk_create(people, batch_size=5000)
    now = timezone.now()
    text = Memory(
        project=store.project, text="x", digest="x", said_at=now, valid_from=now, lexeme_count=1, end_user=people[0]
    )
    columns = [field.column for field in Memory._meta.concrete_fields]
    chosen = ", ".join(WRITTEN.get(column, f"original.{column}") for column in columns)
    text.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO memories_memory ({', '.join(columns)}) SELECT {chosen} FROM memories_memory AS original, "
            f"generate_series(1, %s) AS number, LATERAL ({WORDS}) AS words WHERE original.id = %s",
            [*_given(store, columns), store.memories, store.words, text.pk],
        )
    text.delete()


def _given(store: Store, columns: list[str]) -> list[str | int]:
    given: dict[str, list[str | int]] = {"id": [store.prefix], "end_user_id": [store.prefix, store.people]}
    return [value for column in columns for value in given.get(column, [])]


def vectors(count: int, dimensions: int, seed: int = 1) -> Iterator[Vectors]:
    """Yield batches of unit vectors, in all `count`; the space is the same for each seed."""
    space = np.random.default_rng(0)
    basis = space.standard_normal((DIRECTIONS, dimensions), dtype=np.float32) / np.sqrt(dimensions)
    topics = space.standard_normal((TOPICS, DIRECTIONS), dtype=np.float32)
    chance = np.random.default_rng(seed)
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        within = topics[chance.integers(0, TOPICS, size)]
        within = within + SPREAD * chance.standard_normal((size, DIRECTIONS), dtype=np.float32)
        noise = NOISE * np.sqrt(DIRECTIONS / dimensions) * chance.standard_normal((size, dimensions), dtype=np.float32)
        batch: Vectors = within @ basis + noise
        yield batch / np.linalg.norm(batch, axis=1, keepdims=True)


def _rows(store: Store, first: int, batch: Vectors) -> bytes:
    """Return rows of MemoryVector as COPY's binary format has them."""
    name, dimensions = store.embedder.encode(), batch.shape[1]
    row = np.dtype(
        [
            ("fields", ">i2"),
            ("id_size", ">i4"),
            ("prefix", "S8"),
            ("number", ">u8"),
            ("name_size", ">i4"),
            ("name", f"S{len(name)}"),
            ("size", ">i4"),
            ("dimensions", ">i2"),
            ("unused", ">i2"),
            ("embedding", ">f4", (dimensions,)),
        ]
    )
    rows = np.zeros(len(batch), dtype=row)
    rows["fields"], rows["id_size"], rows["prefix"] = 3, 16, bytes.fromhex(store.prefix)
    rows["number"] = np.arange(first, first + len(batch))
    rows["name_size"], rows["name"] = len(name), name
    rows["size"], rows["dimensions"], rows["embedding"] = 4 + 4 * dimensions, dimensions, batch
    return rows.tobytes()
