"""How Postgres finds what is near, at several sizes of store and numbers of people.

1,000,000 memories are in `python -m benchmarks vectors`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from memories.models import Memory, VectorIndex
from memories.models.memory import MemoryQuerySet
from memories.recall.nearest import EXACT, index_pays
from memories.recall.scope import Scope
from memories.services import vector_indexes
from memories.services.vector_indexes import keep_indexes
from tests.planning.conftest import EMBEDDER, Planned, Stored, everything, of_people, question, scans
from tests.planning.store import Store, give_to, vectors

pytestmark = pytest.mark.django_db(transaction=True)
VECTORS, MEMORIES = "memories_memoryvector", "memories_memory"
# The indexes that begin with the person.
BY_PERSON = ("memory_by_person", "memory_changed_in", "memory_same_text", "memories_memory_end_user_id")
K = 400


@pytest.fixture(autouse=True)
def _made_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let indexes have fewer edges: half the time to make, and no other plan."""
    monkeypatch.setattr(vector_indexes, "GRAPH", "m = 8, ef_construction = 32")


def exact(scope: Scope, store: Store, limit: int = K) -> list[Any]:
    return [row[0] for row in scope.rows(EXACT, [str(question(store).tolist()), EMBEDDER, limit])]


def assert_exact(memories: MemoryQuerySet, store: Store) -> None:
    """Assert that one statement answers that compares all vectors in scope."""
    scope = Planned(memories)
    assert scope.nearest(question(store)) == exact(Scope(memories), store)
    [plan] = scope.plans
    assert not any(name.startswith("vectors_near") for name in scans(plan, VECTORS))


def assert_from_the_person_on(memories: MemoryQuerySet, store: Store) -> None:
    """Assert that it is exact and reads nobody else's memories or vectors: a larger store costs it nothing."""
    assert_exact(memories, store)
    scope = Planned(memories)
    scope.nearest(question(store))
    assert scans(scope.plans[0], VECTORS) == {"vector_once"}
    [how] = scans(scope.plans[0], MEMORIES)
    assert how.startswith(BY_PERSON)


def assert_by_index(memories: MemoryQuerySet, store: Store) -> None:
    """Assert that one statement answers that the index on vectors orders, and misses nothing of the first ten."""
    scope = Planned(memories)
    found = scope.nearest(question(store))
    [plan] = scope.plans
    assert {name[: len("vectors_near_16")] for name in scans(plan, VECTORS)} == {"vectors_near_16"}
    assert scans(plan, MEMORIES) == {"memories_memory_pkey"}
    truth = exact(Scope(memories), store)
    assert found[:10] == truth[:10]
    assert len(set(found)) == K
    assert len(set(found) & set(truth)) > 0.9 * K


@pytest.mark.parametrize("people", [1, 100, 10_000])
def test_a_thousand_memories_are_searched_exactly(stored: Stored, people: int) -> None:
    store = stored(1_000, people)
    assert_exact(everything(store), store)
    assert_exact(of_people(store, 1 % people), store)
    keep_indexes()
    assert not VectorIndex.objects.exists()


def test_a_hundred_thousand_memories_of_one_of_a_hundred_and_of_ten_thousand_people(stored: Stored) -> None:
    one = stored(100_000, 1)
    assert_exact(of_people(one, 0), one)
    keep_indexes()
    assert_by_index(of_people(one, 0), one)
    assert_by_index(everything(one), one)

    hundred = give_to(one, 100)
    assert_by_index(everything(hundred), hundred)
    assert_by_index(of_people(hundred, *range(50)), hundred)
    assert_exact(of_people(hundred, *range(10)), hundred)
    assert_from_the_person_on(of_people(hundred, 0), hundred)

    many = give_to(one, 10_000)
    assert_by_index(everything(many), many)
    assert_from_the_person_on(of_people(many, 0), many)
    assert_from_the_person_on(of_people(many, *range(100)), many)
    _look_for_what_everybody_else_is_nearer_than(many)


def _look_for_what_everybody_else_is_nearer_than(store: Store) -> None:
    everybody = np.concatenate(list(vectors(store.memories, store.dimensions)))
    order = np.argsort(everybody @ question(store))
    farthest_first = [store.memory(int(row) + 1) for row in order[:35_000]]
    Memory.objects.filter(pk__in=farthest_first[:20]).update(speaker="Few")
    few = Planned(everything(store).filter(speaker="Few"))
    assert set(few.nearest(question(store))) == set(farthest_first[:20])
    Memory.objects.filter(pk__in=farthest_first).update(about="Many")
    memories = everything(store).filter(about="Many")
    many = Planned(memories)
    found = many.nearest(question(store))
    assert found == exact(Scope(memories), store)
    assert set(found) <= set(farthest_first)
    assert len(found) == K
    # The index is asked, gives up before it has taken longer than the exact search, and that follows.
    assert [any("vectors_near" in name for name in scans(plan, VECTORS)) for plan in many.plans] == [True, False]


@pytest.mark.parametrize(
    ("count", "total", "limit", "pays"),
    [
        (100_000, 100_000, 400, True),
        (32_000, 100_000, 400, True),
        (30_000, 100_000, 400, False),
        (90_000, 1_000_000, 400, False),
        (100_000, 1_000_000, 400, True),
        (100_000, 100_000, 4_000, True),
        (90_000, 100_000, 4_000, False),
    ],
)
def test_from_where_on_an_index_pays(count: int, total: int, limit: int, pays: bool) -> None:
    assert index_pays(count, total, limit) is pays
