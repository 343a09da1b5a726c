"""Querysets that are compiled to SQL once and then only given values.

Building a queryset and compiling it costs Django's ORM several times what Postgres needs to answer the small
reads that an app makes all day. Those are prepared: the same queryset, the same rows, written in one place.
"""

from __future__ import annotations

import copy
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.sql.compiler import SQLCompiler

T = TypeVar("T")
# A value of each type that no query holds by itself, so that it is found again among the compiled parameters.
STAND_INS: dict[type, Callable[[int], Any]] = {
    str: lambda number: f"parameter {number} {uuid.uuid4()}",
    uuid.UUID: lambda number: uuid.uuid4(),
    date: lambda number: date.fromordinal(1 + number),
    datetime: lambda number: datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=number),
}


@dataclass(frozen=True, slots=True)
class _Plan:
    """A compiled query: `places` says which of its parameters are whose."""

    queryset: Any
    compiler: SQLCompiler
    sql: str
    constants: list[Any]
    places: list[tuple[int, str]]
    converters: Any

    def bind(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the query's parameters with `values` in their places."""
        params = list(self.constants)
        for place, name in self.places:
            params[place] = values[name]
        return params


class Prepared(Generic[T]):
    """What `build` returns for values that change from call to call.

    `build` takes one keyword per entry of `parameters`, which gives its type: str, UUID, date or datetime. It must use
    each as it is (`name=…`, not `name__icontains=…`) and depend on nothing else that changes: it is called once, with
    stand-ins. Raises ValueError if a stand-in isn't found in the compiled query, or a time is that would never pass.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Any, T]], parameters: Mapping[str, type]) -> None:
        self._build = build
        self._parameters = dict(parameters)
        self._rows: _Plan | None = None
        self._count: _Plan | None = None

    def __call__(self, **values: Any) -> list[T]:
        """Return the rows for `values`."""
        return self._read("", (), values)

    def among(self, ids: Sequence[uuid.UUID], **values: Any) -> list[T]:
        """Return those of the rows for `values` whose primary key is among `ids`."""
        return self._read(among(self._plan().queryset.model._meta.db_table), [list(ids)], values)

    def _plan(self) -> _Plan:
        self._rows = self._rows or self._compile(lambda queryset: queryset)
        return self._rows

    def _read(self, ahead: str, params_ahead: Sequence[Any], values: Mapping[str, Any]) -> list[T]:
        plan = self._plan()
        sql, params = ahead + plan.sql, [*params_ahead, *plan.bind(values)]
        compiler: Any = copy.copy(plan.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *args, **kwargs: (sql, params)
        compiler.get_converters = lambda fields: plan.converters
        # What an iterable asks of its queryset, with the compiler in place of a query that would compile anew.
        source = SimpleNamespace(
            db=DEFAULT_DB_ALIAS,
            model=plan.queryset.model,
            query=_Compiled(plan.queryset.query, compiler),
            _known_related_objects={},
            _hints={},
        )
        return list(plan.queryset._iterable_class(source))

    def sql(self, **values: Any) -> tuple[str, list[Any]]:
        """Return the query for `values` as SQL and its parameters, to be part of another."""
        plan = self._plan()
        return plan.sql, plan.bind(values)

    def count(self, **values: Any) -> int:
        """Return how many rows there are for `values`, beyond any slice of the query."""
        plan = self._count = self._count or self._compile(_unsliced)
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({plan.sql}) AS rows", plan.bind(values))  # noqa: S608 (Django's own)
            return int(cursor.fetchone()[0])

    def _compile(self, change: Callable[[Any], Any]) -> _Plan:
        stand_ins = {name: STAND_INS[kind](number) for number, (name, kind) in enumerate(self._parameters.items())}
        queryset = change(self._build(**stand_ins))
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = [
            (place, name)
            for place, value in enumerate(params)
            for name, stand_in in stand_ins.items()
            if type(value) is type(stand_in) and value == stand_in
        ]
        if missing := set(stand_ins) - {name for _place, name in places}:
            raise ValueError(f"The query doesn't use {', '.join(sorted(missing))} as it is.")
        bound = {place for place, _name in places}
        if any(isinstance(value, date) for place, value in enumerate(params) if place not in bound):
            raise ValueError("The query holds a time of its own, which would stand still.")
        fields = [selected[0] for selected in compiler.select]
        return _Plan(queryset, compiler, sql, list(params), places, compiler.get_converters(fields))


def among(table: str) -> str:
    """Return what narrows the SQL after it to the rows of `table` with given ids, its one parameter.

    The planner can't be brought otherwise to look at these rows first, and not at all that somebody has.
    """
    return f'WITH "{table}" AS MATERIALIZED (SELECT * FROM "{table}" WHERE id = ANY(%s)) '  # noqa: S608 (a model's)


class AnyInProject:
    """The question whether a project has any row of a model: for what most projects have none of."""

    _models: list[type[models.Model]] = []
    _seen = threading.local()

    def __init__(self, model: type[models.Model]) -> None:
        self._model = model
        self._models.append(model)

    def __call__(self, *, project: uuid.UUID) -> bool:
        """Tell whether there is one now; within `asked_once`, whether there was one at the first such question."""
        seen: dict[uuid.UUID, dict[type[models.Model], bool]] | None = getattr(self._seen, "answers", None)
        if seen is None:
            return self._ask([self._model], project)[self._model]
        if project not in seen:
            seen[project] = self._ask(self._models, project)
        return seen[project][self._model]

    @classmethod
    @contextmanager
    def asked_once(cls) -> Iterator[None]:
        """Ask about all models at once, and each project once: for one transaction that reads them all."""
        cls._seen.answers = {}
        try:
            yield
        finally:
            cls._seen.answers = None

    @classmethod
    def of_any_model(cls, project: str) -> str:
        """Return SQL that tells whether a project has a row of any of the models; `project` is SQL for its id."""
        return " OR ".join(
            f"EXISTS (SELECT FROM {_table(model)} WHERE project_id = {project})" for model in cls._models
        )

    @staticmethod
    def _ask(asked: Sequence[type[models.Model]], project: uuid.UUID) -> dict[type[models.Model], bool]:
        parts = ", ".join(f"EXISTS (SELECT FROM {_table(model)} WHERE project_id = %s)" for model in asked)
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute(f"SELECT {parts}", [project] * len(asked))
            return dict(zip(asked, cursor.fetchone(), strict=True))


def _table(model: type[models.Model]) -> str:
    return connections[DEFAULT_DB_ALIAS].ops.quote_name(model._meta.db_table)


def _unsliced(queryset: Any) -> Any:
    unsliced = queryset.all()
    unsliced.query.clear_limits()
    return unsliced.order_by().values("pk")


class _Compiled:
    """A query whose compiler is there already."""

    def __init__(self, query: Any, compiler: SQLCompiler) -> None:
        self._query = query
        self._compiler = compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> SQLCompiler:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
