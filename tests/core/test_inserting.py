"""Inserting rows the short way: what arrives is what `bulk_create` would have written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import DataError, transaction
from django.utils import timezone

from accounts.models import AuditEntry, Project
from memories.models import EndUser, Memory, MemoryVector
from memories.services import inserting
from memories.services.changes import set_text
from memories.services.inserting import insert, together


def memory(project: Project, text: str, **more: object) -> Memory:
    made = Memory(project=project, said_at=timezone.now(), **more)
    set_text(made, text)
    return made


def test_every_kind_of_column_arrives_as_it_was(alice_project: Project) -> None:
    texts = ["100 %s \\ ' \"", "抹茶が好き", "plain"]
    metadata = {"a": [1, 2.5, None, True], "ключ": {"b": "'"}}
    made = [memory(alice_project, text, categories=["a,b", '"c"'], metadata=metadata) for text in texts]
    insert(made)
    for given in made:
        found = Memory.objects.get(pk=given.pk)
        assert (found.text, found.categories, found.metadata) == (given.text, ["a,b", '"c"'], metadata)
        assert (found.said_at, found.digest, found.lexeme_count) == (given.said_at, given.digest, given.lexeme_count)
        assert found.expiration_date is None
    assert Memory.objects.extra(where=["lexemes @@ '抹茶'::tsquery"]).get().pk == made[1].pk


def test_times_of_creation_are_set_unless_they_are_there(alice_project: Project) -> None:
    then = timezone.now() - timedelta(hours=1)
    early, late = (
        EndUser(project=alice_project, name="early", created_at=then),
        EndUser(project=alice_project, name="late"),
    )
    insert([early, late])
    assert EndUser.objects.get(name="early").created_at == then
    assert EndUser.objects.get(name="late").created_at > then


def test_a_row_inserted_can_be_saved_again(alice_project: Project) -> None:
    made = memory(alice_project, "I sing.")
    insert([made])
    made.state = Memory.State.PAUSED
    made.save()
    assert Memory.objects.get().state == Memory.State.PAUSED


def test_vectors_and_rows_whose_key_the_database_makes(alice_project: Project) -> None:
    made = memory(alice_project, "I sing.")
    insert([made])
    insert([MemoryVector(memory=made, embedder=name, embedding=[0.5, -1.0]) for name in ("one", "two")])
    assert [list(v.embedding) for v in made.vectors.all()] == [[0.5, -1.0]] * 2
    insert(
        [AuditEntry(project=alice_project, action="a", object_type="t", object_id="o", actor="me", details={"n": 1})]
    )
    assert AuditEntry.objects.get(action="a").details == {"n": 1}


def test_too_long_a_text_is_refused_and_not_cut(alice_project: Project) -> None:
    with pytest.raises(DataError), transaction.atomic():
        insert([memory(alice_project, "I sing.", about="x" * 256)])
    assert not Memory.objects.exists()


def test_conflicts_are_errors_unless_they_are_to_be_ignored(alice_project: Project) -> None:
    made = memory(alice_project, "I sing.")
    insert([made])
    insert([made, memory(alice_project, "I row.")], ignore_conflicts=True)
    assert Memory.objects.count() == 2


def test_many_rows_go_in_batches(alice_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inserting, "BATCH", 2)
    insert([memory(alice_project, f"Fact {n}") for n in range(5)])
    assert Memory.objects.count() == 5
    insert([])


def test_what_waits_is_one_insertion_for_each_model(alice_project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[list[tuple[str, int]]] = []
    send = inserting._send

    def noted(batches: Sequence[inserting._Rows]) -> None:
        sent.append([(type(batch.rows[0]).__name__, len(batch.rows)) for batch in batches])
        send(batches)

    monkeypatch.setattr(inserting, "_send", noted)
    with together():
        for number in range(3):
            made = memory(alice_project, f"Fact {number}")
            insert([made])
            insert([MemoryVector(memory=made, embedder="one", embedding=[1.0])])
        assert not Memory.objects.exists()
    assert sent == [[("Memory", 3), ("MemoryVector", 3)]]
    assert sorted(Memory.objects.values_list("text", flat=True)) == ["Fact 0", "Fact 1", "Fact 2"]
    assert MemoryVector.objects.count() == 3
