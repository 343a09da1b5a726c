"""Where the time of a search goes: a clock in the functions that do its parts, and in psycopg's cursors.

It costs some microseconds at each part, so calls that are timed as a whole run without it.
"""

from __future__ import annotations

import functools
import importlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from django.utils.module_loading import import_string

REST = "Django, DRF, JSON"
SQL = "SQL"
# What does each part, by the class or module in which it is looked up.
PARTS = {
    "who calls, counted": ("accounts.authentication.admit",),
    "embedding the question": ("memories.providers.get_embedder().embed_query",),
    "reading the question": ("memories.services.search.read_question",),
    "names of the speakers": ("memories.services.search.names_in",),
    "index: what has changed": ("memories.recall.resident.shelf.Shelf.look",),
    "words of the question": ("memories.services.search.read",),
    "semantic": ("memories.recall.dense.Dense.scan", "memories.recall.dense.Dense.retrieve"),
    "bm25": ("memories.recall.lexical.Lexical.scan", "memories.recall.lexical.Lexical.retrieve"),
    "facts of the candidates": ("memories.services.search.gather",),
    "fusion with its boosts": (
        "memories.services.search.fuse",
        "memories.recall.fusion.Ranking.best",
        "memories.recall.fusion.Ranking.signals",
    ),
    "fetching what is found": ("memories.recall.scope.PersonScope.fetch", "memories.recall.scope.Scope.fetch"),
    "access log": ("memories.services.search._log",),
}
FETCHES = ("fetchone", "fetchmany", "fetchall")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as it was sent: in which part, by what kind of cursor, and how its rows come."""

    part: str
    raw: bool
    text: Any
    params: Any
    format: Any


@dataclass(slots=True)
class Clock:
    """The seconds of one call, by part and within it by SQL or not; and the statements, if they are wanted."""

    seconds: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    statements: list[Statement] = field(default_factory=list)
    _inside: list[tuple[str, str]] = field(default_factory=list)
    _since: float = 0.0

    @contextmanager
    def part(self, name: str, kind: str = "") -> Iterator[None]:
        """Count the time until the end of the block as that of a part, which may hold others."""
        self._count()
        self._inside.append((name or self.present, kind))
        try:
            yield
        finally:
            self._count()
            self._inside.pop()

    def spent(self, part: str) -> float:
        """Return the seconds of a part, its SQL included."""
        return sum(took for (name, _kind), took in self.seconds.items() if name == part)

    @property
    def present(self) -> str:
        """Return the name of the part that time counts for now."""
        return self._inside[-1][0] if self._inside else REST

    @property
    def in_sql(self) -> bool:
        """Tell whether a statement is on its way."""
        return bool(self._inside) and self._inside[-1][1] == SQL

    def _count(self) -> None:
        now = time.perf_counter()
        if self._inside:
            self.seconds[self._inside[-1]] += now - self._since
        self._since = now


class _Running:
    clock: Clock | None = None


@contextmanager
def clocked() -> Iterator[Clock]:
    """Return a clock that runs until the end of the block. Not for several threads at once."""
    _Running.clock = clock = Clock()
    try:
        with clock.part(REST):
            yield clock
    finally:
        _Running.clock = None


def install() -> None:
    """Put the clock where the parts are. Raises ImportError or AttributeError if one is called otherwise now."""
    for name, places in PARTS.items():
        for place in places:
            _wrap(*located(place), functools.partial(_in_part, name))
    _wrap(psycopg.Cursor, "execute", _executing)
    for fetch in FETCHES:
        _wrap(psycopg.Cursor, fetch, _fetching)


def located(place: str) -> tuple[Any, str]:
    """Return the module or class in which one of PARTS is looked up, and its name there."""
    path, _, attribute = place.rpartition(".")
    if path.endswith("()"):
        return type(import_string(path.removesuffix("()"))()), attribute
    last = path.rpartition(".")[2]
    return import_string(path) if last[0].isupper() else importlib.import_module(path), attribute


def _wrap(owner: Any, attribute: str, around: Callable[..., Any]) -> None:
    original = getattr(owner, attribute)

    @functools.wraps(original)
    def timed(*args: Any, **kwargs: Any) -> Any:
        clock = _Running.clock
        return original(*args, **kwargs) if clock is None else around(clock, original, *args, **kwargs)

    setattr(owner, attribute, timed)


def _in_part(name: str, clock: Clock, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with clock.part(name):
        return original(*args, **kwargs)


def _executing(
    clock: Clock, original: Callable[..., Any], cursor: Any, query: Any, params: Any = None, **more: Any
) -> Any:
    if clock.in_sql:
        return original(cursor, query, params, **more)
    raw = isinstance(cursor, psycopg.RawCursor)
    clock.statements.append(Statement(clock.present, raw, query, params, cursor.format))
    with clock.part("", SQL):
        return original(cursor, query, params, **more)


def _fetching(clock: Clock, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with clock.part("", SQL):
        return original(*args, **kwargs)
