"""When an index on vectors is made and removed, and what that does to adds and searches."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from accounts.models import Project, User
from accounts.principal import Principal
from memories.models import Memory, MemoryVector, VectorIndex
from memories.providers import get_embedder
from memories.recall import nearest
from memories.recall.scope import Scope
from memories.services import vector_indexes
from memories.services.search import search
from memories.services.vector_indexes import is_there, keep_indexes
from tests.conftest import Remember
from tests.planning.conftest import EMBEDDER, Planned, Stored, everything, of_people, question

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def small(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an index pay in stores of a thousand memories, too."""
    settings.VECTOR_INDEX_FROM = 100
    monkeypatch.setattr(nearest, "index_pays", lambda count, total, limit: count >= 100)


def indexes() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'vectors_near%'")
        return [row[0] for row in cursor.fetchall()]


def asked(embedder: str = EMBEDDER, dimensions: int = 16) -> VectorIndex:
    VectorIndex.objects.ask(embedder, dimensions)
    return VectorIndex.objects.get(pk=embedder)


def test_a_search_of_little_asks_for_none(stored: Stored, small: None) -> None:
    store = stored(1_000, 20)
    assert len(Planned(of_people(store, 0)).nearest(question(store))) == 50
    keep_indexes()
    assert (indexes(), VectorIndex.objects.count()) == ([], 0)


def test_a_search_of_much_asks_for_one_and_the_next_uses_it(stored: Stored, small: None) -> None:
    store = stored(1_000, 20)
    before = Planned(everything(store))
    truth = before.nearest(question(store), limit=10)
    assert "vectors_near" not in str(before.plans)
    keep_indexes()
    index = VectorIndex.objects.get()
    assert (index.name, index.error, is_there(index)) == (indexes()[0], "", True)
    assert index.built_at is not None
    after = Planned(everything(store))
    assert after.nearest(question(store), limit=10) == truth
    assert index.name in str(after.plans)


def test_who_has_switched_it_off_gets_none(stored: Stored, small: None, settings: Any) -> None:
    store = stored(1_000, 20)
    keep_indexes()
    asked()
    keep_indexes()
    settings.VECTOR_INDEX_FROM = 0
    scope = Planned(everything(store))
    scope.nearest(question(store))
    assert "vectors_near" not in str(scope.plans)


def test_all_that_are_wanted_are_returned_whoever_is_nearer(stored: Stored, small: None) -> None:
    store = stored(3_000, 3)
    asked()
    keep_indexes()
    for limit in (1, 10, 999, 1_000, 2_000):
        found = Planned(of_people(store, 1)).nearest(question(store), limit=limit)
        assert len(set(found)) == min(limit, 1_000)


def test_the_search_returns_as_many_as_are_asked_for(
    stored: Stored, small: None, alice: User, alice_project: Project
) -> None:
    embedder = get_embedder(alice_project.embedder).name
    store = stored(1_500, 3, dimensions=384, embedder=embedder)
    asked(embedder, 384)
    keep_indexes()
    for scope, limit, expected in ((everything(store), 1_000, 1_000), (of_people(store, 1, 2), 1_000, 1_000)):
        found = search(principal=Principal(user=alice), project=alice_project, scope=scope, query="tea", limit=limit)
        assert len({hit.memory.pk for hit in found.hits}) == expected


def test_settings_for_the_index_end_with_its_statement(stored: Stored, small: None) -> None:
    from django.db import transaction

    store = stored(200, 1)
    asked()
    keep_indexes()
    with transaction.atomic():
        assert len(Planned(everything(store)).nearest(question(store), limit=10)) == 10
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('enable_sort'), current_setting('hnsw.iterative_scan')")
            assert cursor.fetchone() == ("on", "off")


def test_vectors_of_other_dimensions_can_still_be_added(remember: Remember, alice_project: Project) -> None:
    asked(get_embedder(alice_project.embedder).name, 384)
    keep_indexes()
    memory = remember("I like tea")
    MemoryVector.objects.filter(memory=memory).update(embedding=[1.0, 0.0])
    assert MemoryVector.objects.filter(memory=memory).count() == 1
    assert remember("I like coffee").vectors.count() == 1


def test_a_name_may_hold_anything(remember: Remember, small: None) -> None:
    odd = 'it\'s 100% "odd"; --'
    memory = remember("I like tea")
    MemoryVector.objects.filter(memory=memory).update(embedder=odd)
    asked(odd, 384)
    keep_indexes()
    assert VectorIndex.objects.get().error == ""
    scope = Scope(Memory.objects.all())
    vector = get_embedder().embed_query("tea")
    statement = nearest.by_index(odd, 384)
    assert [row[0] for row in scope.rows(statement, [str(vector), str(vector), 5, 5])] == [memory.pk]


def test_what_was_not_of_use_for_long_goes(stored: Stored) -> None:
    stored(100, 1)
    asked()
    keep_indexes()
    keep_indexes()
    assert len(indexes()) == 1
    VectorIndex.objects.update(asked_at=timezone.now() - vector_indexes.KEPT - timedelta(hours=1))
    keep_indexes()
    assert (indexes(), VectorIndex.objects.count()) == ([], 0)


def test_use_is_noted_once_an_hour(stored: Stored, small: None) -> None:
    store = stored(200, 1)
    asked()
    for ago, noted in ((timedelta(minutes=50), False), (timedelta(minutes=70), True)):
        VectorIndex.objects.update(asked_at=timezone.now() - ago)
        Planned(everything(store)).nearest(question(store), limit=10)
        assert (VectorIndex.objects.get().asked_at > timezone.now() - timedelta(minutes=1)) is noted


def test_an_interrupted_one_is_not_used_and_made_anew(stored: Stored, small: None) -> None:
    store = stored(200, 1)
    index = asked()
    keep_indexes()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)", [index.name])
    scope = Planned(everything(store))
    assert len(scope.nearest(question(store), limit=10)) == 10
    assert "vectors_near" not in str(scope.plans)
    VectorIndex.objects.update(tried_at=timezone.now() - timedelta(hours=2))
    keep_indexes()
    assert is_there(index)


def test_what_can_not_be_indexed_says_why(stored: Stored, capsys: Any) -> None:
    asked("huge", 5_000)
    keep_indexes()
    assert "4000" in VectorIndex.objects.get().error
    with pytest.raises(CommandError, match="huge"):
        call_command("index_vectors")
    assert "missing" in capsys.readouterr().out


def test_a_failure_is_told_and_tried_again_after_a_pause(stored: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    index = asked()

    def full(index: VectorIndex) -> None:
        raise DatabaseError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(vector_indexes, "_create", full)
        keep_indexes()
    assert VectorIndex.objects.get().error == "No space left on device"
    keep_indexes()
    assert not is_there(index)
    VectorIndex.objects.update(tried_at=timezone.now() - vector_indexes.PAUSE)
    keep_indexes()
    assert is_there(index)
    assert VectorIndex.objects.get().error == ""


def test_two_at_once_do_it_once(stored: Stored) -> None:
    index = asked()
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [vector_indexes.LOCK])
        keep_indexes()
        assert not is_there(index)
    finally:
        other.close()
    keep_indexes()
    assert is_there(index)


def test_an_operator_may_have_them_made_before_anybody_searches(remember: Remember, capsys: Any) -> None:
    remember("I like tea")
    call_command("index_vectors")
    assert indexes() == []
    call_command("index_vectors", "--all")
    assert len(indexes()) == 1
    assert "there. made in" in capsys.readouterr().out
