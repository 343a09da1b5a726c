"""How Postgres finds what is near, at several sizes of store and numbers of people.

1,000,000 memories are in `python -m benchmarks vectors`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from memories.models import Memory, VectorIndex
from memories.recall.nearest import EXACT, index_pays
from memories.recall.scope import Scope
from memories.services.vector_indexes import keep_indexes
from tests.planning.conftest import EMBEDDER, Planned, Stored, everything, of_people, question, scans
from tests.planning.store import Store, vectors

pytestmark = pytest.mark.django_db(transaction=True)
VECTORS, MEMORIES = "memories_memoryvector", "memories_memory"
BY_PERSON = {"memory_by_person", "memory_changed_in", "memory_same_text"}
K = 400


def exact(scope: Scope, vector: Any, limit: int = K) -> list[Any]:
    return [row[0] for row in scope.rows(EXACT, [str(vector.tolist()), EMBEDDER, limit])]


def searched(memories: Any, store: Store) -> tuple[Planned, list[Any]]:
    scope = Planned(memories)
    return scope, scope.nearest(question(store))


def assert_exact(memories: Any, store: Store) -> Planned:
    """Assert that one exact statement answers, without an index on vectors."""
    scope, found = searched(memories, store)
    assert found == exact(Scope(memories), question(store))
    [plan] = scope.plans
    assert not any(name.startswith("vectors_near") for name in scans(plan, VECTORS))
    return scope


def assert_by_index(memories: Any, store: Store) -> None:
    """Assert that one statement answers that an index orders, and that it misses nothing of the first ten."""
    scope, found = searched(memories, store)
    [plan] = scope.plans
    assert {name[: len("vectors_near_16")] for name in scans(plan, VECTORS)} == {"vectors_near_16"}
    assert len(set(found)) == K
    truth = exact(Scope(memories), question(store))
    assert found[:10] == truth[:10]
    assert len(set(found) & set(truth)) > 0.9 * K


@pytest.mark.parametrize("people", [1, 100])
def test_a_thousand_memories_are_searched_exactly(stored: Stored, people: int) -> None:
    store = stored(1_000, people)
    assert_exact(everything(store), store)
    assert_exact(of_people(store, 0), store)
    keep_indexes()
    assert not VectorIndex.objects.exists()


def test_one_person_with_a_hundred_thousand(stored: Stored) -> None:
    store = stored(100_000, 1)
    assert_exact(of_people(store, 0), store)
    keep_indexes()
    assert_by_index(of_people(store, 0), store)
    assert_by_index(everything(store), store)


def test_a_hundred_people_with_a_thousand_each(stored: Stored) -> None:
    store = stored(100_000, 100)
    assert_exact(everything(store), store)
    keep_indexes()
    assert_by_index(everything(store), store)
    assert_by_index(of_people(store, *range(50)), store)
    for memories in (of_people(store, 0), of_people(store, 1, 2, 3)):
        scope = assert_exact(memories, store)
        assert scans(scope.plans[0], MEMORIES) <= BY_PERSON
    assert_exact(of_people(store, *range(10)), store)


def test_ten_thousand_people_with_ten_each(stored: Stored) -> None:
    store = stored(100_000, 10_000)
    VectorIndex.objects.ask(EMBEDDER, 16)
    keep_indexes()
    for memories in (of_people(store, 0), of_people(store, *range(100))):
        scope = assert_exact(memories, store)
        assert scans(scope.plans[0], MEMORIES) <= BY_PERSON
        assert scans(scope.plans[0], VECTORS) == {"vector_once"}
    assert_by_index(everything(store), store)
    far = _farthest(store, 20_000)
    # All the others are nearer: an index alone would return none of these.
    Memory.objects.filter(pk__in=far[:20]).update(speaker="Few")
    assert set(searched(everything(store).filter(speaker="Few"), store)[1]) == set(far[:20])
    Memory.objects.filter(pk__in=far).update(about="Many")
    scope, found = searched(everything(store).filter(about="Many"), store)
    assert [any("vectors_near" in name for name in scans(plan, VECTORS)) for plan in scope.plans] == [True, False]
    assert found == far[-K:][::-1]


def _farthest(store: Store, count: int) -> list[Any]:
    """Return the memories that are farthest from the question, the farthest first."""
    [all_vectors] = [np.concatenate(list(vectors(store.memories, store.dimensions)))]
    order = np.argsort(all_vectors @ question(store))[:count]
    return [store.memory(int(row) + 1) for row in order]


@pytest.mark.parametrize(
    ("count", "total", "limit", "pays"),
    [
        (100_000, 100_000, 400, True),
        (20_000, 100_000, 400, True),
        (10_000, 100_000, 400, False),
        (50_000, 1_000_000, 400, False),
        (100_000, 1_000_000, 400, True),
        (50_000, 100_000, 4_000, False),
    ],
)
def test_from_where_on_an_index_pays(count: int, total: int, limit: int, pays: bool) -> None:
    assert index_pays(count, total, limit) is pays
