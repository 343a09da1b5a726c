"""New rows of a model, made without what Django's constructor does for forms, subclasses and signals.

Every call of an app makes half a dozen, of twenty to forty columns each, and the constructor of one costs as much as
Postgres' insertion of it. What comes out is the same: tests/core/test_fresh.py compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from django.db import models
from django.db.models.base import ModelState

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What a row of a model begins as: `made` are the columns whose first value is another for each."""

    constants: dict[str, Any]
    made: tuple[tuple[str, Callable[[], Any]], ...]
    # For each relation the name of its column, and of the other row's that this holds.
    relations: dict[str, tuple[str, str]]


def fresh(model: type[M], /, **values: Any) -> M:
    """Return `model(**values)`; values are given by the names of fields, relations as rows or by their columns.

    Raises TypeError for a name that the model doesn't have.
    """
    pattern = _pattern(model)
    row = model.__new__(model)
    row._state = ModelState()
    columns = row.__dict__
    columns.update(pattern.constants)
    for name, make in pattern.made:
        if name not in values:
            columns[name] = make()
    for name, value in values.items():
        if name in columns:
            columns[name] = value
        elif name in pattern.relations:
            column, key = pattern.relations[name]
            columns[column] = None if value is None else getattr(value, key)
            row._state.fields_cache[name] = value
        else:
            raise TypeError(f"{model.__name__} has no {name}.")
    return row


@lru_cache
def _pattern(model: type[models.Model]) -> _Pattern:
    constants: dict[str, Any] = {}
    made: list[tuple[str, Callable[[], Any]]] = []
    relations: dict[str, tuple[str, str]] = {}
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            relations[field.name] = field.attname, field.target_field.attname
        differs = field.has_default() and callable(field.default)
        constants[field.attname] = None if differs else field.get_default()
        if differs:
            made.append((field.attname, field.default))
    return _Pattern(constants, tuple(made), relations)
