"""Stores to search, and scopes within them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Project
from memories.models import EndUser, Memory, VectorIndex
from memories.models.memory import MemoryQuerySet
from memories.recall.nearest import nearest
from memories.recall.scope import Scope
from memories.services.vector_indexes import KEPT, keep_indexes
from tests.planning.store import Store, Vectors, fill, vectors

Plan = dict[str, Any]
Stored = Callable[..., Store]
EMBEDDER = "planned"


class Planned(Scope):
    """A scope that keeps the plan of each statement that it runs."""

    def __init__(self, memories: MemoryQuerySet) -> None:
        super().__init__(memories)
        self.plans: list[Plan] = []

    def rows(self, statement: str, params: Any = ()) -> list[tuple[Any, ...]]:
        self.plans.append(self.explained(statement, params)[0][0][0]["Plan"])
        return super().rows(statement, params)

    def nearest(self, vector: Any, limit: int = 400) -> list[Any]:
        """Return the ids nearest to `vector`; `plans` are then those of the statements that looked for them."""
        _ = self.survey
        self.plans.clear()
        return [row[0] for row in nearest(self, vector.tolist(), embedder=EMBEDDER, limit=limit)]


def nodes(plan: Plan) -> list[Plan]:
    """Return the plan and all that is in it."""
    return [plan, *(node for part in plan.get("Plans", []) for node in nodes(part))]


def scans(plan: Plan, table: str) -> set[str]:
    """Return how a plan reads a table: by which index, or "Seq Scan"."""
    read = [node for node in nodes(plan) if node.get("Relation Name") == table]
    return {part.get("Index Name", part["Node Type"]) for node in read for part in _reading(node)}


def _reading(node: Plan) -> list[Plan]:
    if node["Node Type"] != "Bitmap Heap Scan":
        return [node]
    return [part for part in nodes(node) if part["Node Type"] == "Bitmap Index Scan"]


def question(store: Store) -> Vectors:
    """Return a vector like those in the store."""
    return next(vectors(1, store.dimensions, seed=7))[0]


def of_people(store: Store, *numbers: int) -> MemoryQuerySet:
    """Return the memories of some of the people, as filters mean them."""
    names = [f"p{number}" for number in numbers]
    people = EndUser.objects.filter(project=store.project, name__in=names).values("pk")
    return everything(store).filter(end_user__in=people)


def everything(store: Store) -> MemoryQuerySet:
    return Memory.objects.in_project(store.project).holding()


@pytest.fixture
def stored(alice_project: Project) -> Stored:
    """Fill a store."""

    def stored(memories: int, people: int, dimensions: int = 16, embedder: str = EMBEDDER) -> Store:
        store = Store(alice_project, memories, people, dimensions, embedder, words=3)
        fill(store)
        return store

    return stored


@pytest.fixture(autouse=True)
def _without_indexes() -> Iterator[None]:
    """Remove what a test has made: the tables are emptied after it, and keep their indexes."""
    yield
    VectorIndex.objects.update(asked_at=timezone.now() - KEPT * 2)
    keep_indexes()
