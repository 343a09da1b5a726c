"""An index of one person's memories: immutable, so that searches read it while the next one is made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from memories.recall.columns import LAYERS, Columns, Flags, Floats, Integers, numbered
from memories.recall.resident.loading import Loaded, Row
from memories.recall.resident.postings import Postings
from memories.recall.words import Held
from memories.terms import number_of

SEGMENTS = 8
WORN_FROM = 1_000  # rows
HEADER = 4  # bytes before the numbers of a vector, as pgvector's vector_send writes it


@dataclass(frozen=True, eq=False)
class Segment:
    """What is large, for some of the rows: their vectors (zeros where there is none) and words."""

    vectors: NDArray[np.float32]
    terms: Postings
    context: Postings

    @classmethod
    def of(cls, rows: Sequence[Row], first: int) -> Segment:
        """Return the segment for rows from number `first` on."""
        size = max((len(row.vector) for row in rows if row.vector), default=HEADER)
        sent = b"".join(row.vector or bytes(size) for row in rows)
        numbers = np.frombuffer(sent, dtype=np.uint8).reshape(len(rows), size)[:, HEADER:]
        vectors = np.ascontiguousarray(numbers).view(">f4").astype(np.float32)
        terms = Postings.of([row.terms for row in rows], first)
        return cls(vectors, terms, Postings.of([row.context_terms for row in rows], first))

    @classmethod
    def joined(cls, several: Sequence[Segment]) -> Segment:
        """Return one in place of several that follow one another."""
        width = max(one.vectors.shape[1] for one in several)
        filled = [one.vectors if one.vectors.shape[1] else np.zeros((len(one), width), "f4") for one in several]
        terms = Postings.joined([one.terms for one in several])
        return cls(np.concatenate(filled), terms, Postings.joined([one.context for one in several]))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.vectors)

    @property
    def nbytes(self) -> int:
        """Return the memory it takes."""
        return self.vectors.nbytes + self.terms.nbytes + self.context.nbytes


@dataclass(frozen=True, eq=False)
class Index:
    """One person's memories. A row that has changed since is not `alive`: its successor is a later one.

    `watermark` is the transaction from which on changes are not in it yet; `turns` are the moments, in seconds since
    1970, at which one of the memories begins or ceases to hold.
    """

    person_id: UUID
    watermark: int
    columns: Columns
    names: frozenset[str]
    changed_in: Integers
    created: Integers
    alive: Flags
    embedded: Flags
    turns: Floats
    row_of: dict[bytes, int]
    sittings: dict[bytes | int, int]
    segments: tuple[Segment, ...] = ()

    @classmethod
    def empty(cls, person_id: UUID) -> Index:
        """Return an index of nothing, which any transaction may have changed since."""
        none, flags = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
        columns = Columns(
            ids=[],
            sitting=none,
            place=none,
            who=none,
            names=[],
            lexeme_count=np.zeros(0),
            traits=none,
            standing=np.zeros(0),
            day=none,
            pinned=flags,
            layer=none,
            visits=np.zeros(0),
            touched=np.zeros(0),
        )
        return cls(person_id, 0, columns, frozenset(), none, none, flags, flags, np.zeros(0), {}, {})

    @property
    def size(self) -> int:
        """Return the number of rows."""
        return len(self.columns)

    @cached_property
    def nbytes(self) -> int:
        """Return about how much memory it takes: beside the segments some 300 bytes a row."""
        return sum(segment.nbytes for segment in self.segments) + 300 * self.size

    @property
    def is_worn(self) -> bool:
        """Tell whether most of its rows are outdated, so that it would better be made anew."""
        return self.size > WORN_FROM and 2 * int(self.alive.sum()) < self.size

    @cached_property
    def newest(self) -> Integers:
        """Return the rows in the order of lists: newest first, of one moment the greater id."""
        halves = np.frombuffer(b"".join(self.columns.ids), dtype=">u8").reshape(-1, 2).astype(np.uint64)
        return np.lexsort((halves[:, 1], halves[:, 0], self.created))[::-1]

    @cached_property
    def unembedded(self) -> list[UUID]:
        """Return the memories without a vector, which may get one without being changed themselves."""
        rows = np.flatnonzero(self.alive & ~self.embedded)
        return [UUID(bytes=self.columns.ids[row]) for row in rows.tolist()]

    def cosines(self, vector: NDArray[np.float32]) -> Floats:
        """Return the cosine of each memory's vector with `vector`, of unit length as they are; nan where is none."""
        parts = [one.vectors @ vector if one.vectors.shape[1] else np.zeros(len(one)) for one in self.segments]
        cosines = np.concatenate(parts).astype(np.float64) if parts else np.zeros(0)
        return cosines if self.embedded.all() else np.where(self.embedded, cosines, np.nan)

    def holding(self, terms: Sequence[str], *, context: bool = False) -> Held:
        """Return which memories hold which terms (or what was said around their sources does), and how often."""
        numbers = [number_of(term) for term in terms]
        stores = [segment.context if context else segment.terms for segment in self.segments]
        return Held.joined([store.holding(numbers) for store in stores if len(store.numbers)])

    def grown(self, loaded: Loaded) -> Index:
        """Return the index with what was read since."""
        first, rows = self.size, [row for row in loaded.rows if self._is_news(row)]
        if not rows:
            return replace(self, watermark=loaded.watermark)
        row_of, sittings = dict(self.row_of), dict(self.sittings)
        alive = np.concatenate([self.alive, np.ones(len(rows), dtype=np.bool_)])
        outdated = [old for row in rows if (old := row_of.get(row.id)) is not None]
        alive[outdated] = False
        row_of.update((row.id, number) for number, row in enumerate(rows, start=first))
        columns = _grown(self.columns, rows, sittings)
        for old in outdated:  # nobody's neighbour any more
            columns.sitting[old] = sittings.setdefault(old, len(sittings))
        embedded = np.array([row.vector is not None for row in rows], dtype=np.bool_)
        turns = [moment for row in rows for moment in (row.begins, row.ends) if moment is not None]
        return Index(
            person_id=self.person_id,
            watermark=loaded.watermark,
            columns=columns,
            names=self.names | {name for row in rows for name in (row.speaker, row.about) if name},
            changed_in=np.concatenate([self.changed_in, [row.changed_in for row in rows]]),
            created=np.concatenate([self.created, [row.created for row in rows]]),
            alive=alive,
            embedded=np.concatenate([self.embedded, embedded]),
            turns=np.unique(np.concatenate([self.turns, turns])),
            row_of=row_of,
            sittings=sittings,
            segments=_merged((*self.segments, Segment.of(rows, first))),
        )

    def _is_news(self, row: Row) -> bool:
        """Tell whether the row isn't here as it is: what a slow transaction may yet change is read more than once."""
        if (known := self.row_of.get(row.id)) is None or self.changed_in[known] != row.changed_in:
            return True
        return row.vector is not None and not self.embedded[known]


def _merged(segments: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Keep them few: what came lately is joined, and with the first one, the largest, only once it is worth it."""
    if len(segments) <= SEGMENTS:
        return segments
    late = Segment.joined(segments[1:])
    return (Segment.joined([segments[0], late]),) if 4 * len(late) > len(segments[0]) else (segments[0], late)


def _grown(columns: Columns, rows: Sequence[Row], sittings: dict[bytes | int, int]) -> Columns:
    # Sittings and names keep their numbers, so that rows of before and after belong together.
    names = {name: number for number, name in enumerate(columns.names)}
    who = numbered([row.about or row.speaker for row in rows], names)

    def joined(column: NDArray[Any], values: Sequence[Any] | NDArray[Any]) -> NDArray[Any]:
        return np.concatenate([column, np.asarray(values, dtype=column.dtype)])

    return Columns(
        ids=[*columns.ids, *(row.id for row in rows)],
        sitting=joined(columns.sitting, numbered([row.sitting for row in rows], sittings)),
        place=joined(columns.place, [row.place for row in rows]),
        who=joined(columns.who, who),
        names=list(names),
        lexeme_count=joined(columns.lexeme_count, [row.lexeme_count for row in rows]),
        traits=joined(columns.traits, [row.traits for row in rows]),
        standing=joined(columns.standing, [row.standing for row in rows]),
        day=joined(columns.day, [row.day for row in rows]),
        pinned=joined(columns.pinned, [row.pinned for row in rows]),
        layer=joined(columns.layer, [LAYERS.index(row.layer) for row in rows]),
        visits=joined(columns.visits, [row.visits for row in rows]),
        touched=joined(columns.touched, [row.touched for row in rows]),
    )
