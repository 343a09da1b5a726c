"""A store that was filled by copying is what the product would have written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection as ours

from accounts.models import AuditEntry, Project, User
from accounts.principal import Principal
from benchmarks import copies
from benchmarks.copies import Connection, fill
from memories.models import EndUser, Memory, MemoryVector, Message
from memories.services.record import Conversation, Said, record
from memories.services.search import search

pytestmark = pytest.mark.django_db(transaction=True)
SAID = ("I keep bees in Lisbon.", "They swarm in May.", "My sister sells the honey.")
INDEXES = "SELECT tablename, indexname FROM pg_indexes WHERE tablename = ANY(%s) ORDER BY 1, 2"


@pytest.fixture
def connection() -> Iterator[Connection]:
    parameters = {key: ours.get_connection_params()[key] for key in ("host", "user", "dbname")}
    with psycopg.connect(**parameters, autocommit=True) as connection:
        yield connection
        connection.execute("DROP TABLE IF EXISTS benchmark_index")


@pytest.fixture
def principal(alice: User, alice_project: Project) -> Principal:
    """Alice, whose app was told something by ann."""
    principal = Principal(user=alice)
    said = [Said(role="user", text=text, speaker="Ann") for text in SAID]
    told = Conversation(said=said, entities={"user_id": "ann"}, infer=False, said_at=datetime(2026, 1, 1, tzinfo=UTC))
    record(principal=principal, project=alice_project, conversation=told)
    return principal


def texts_of(name: str) -> set[str]:
    return set(Memory.objects.filter(end_user__name=name).values_list("text", flat=True))


def test_each_copy_is_a_person_with_the_memories_of_the_original(principal: Principal, connection: Connection) -> None:
    fill(connection, ["ann"], copies=2)
    for name in ("ann", "ann-1", "ann-2"):
        assert texts_of(name) == set(SAID)
    assert EndUser.objects.count() == 3


def test_a_copy_has_what_an_add_writes(principal: Principal, connection: Connection) -> None:
    fill(connection, ["ann"], copies=1)
    for memory in Memory.objects.filter(end_user__name="ann-1"):
        source = memory.sources.get()
        assert (source.text, source.event.end_user) == (memory.text, memory.end_user)
        assert [version.change for version in memory.versions.all()] == ["ADD"]
        assert AuditEntry.objects.filter(object_id=str(memory.pk)).count() == 1
        assert MemoryVector.objects.filter(memory=memory).count() == 1
    sittings = set(Memory.objects.values_list("end_user__name", "sitting"))
    assert len({sitting for _name, sitting in sittings}) == len(sittings) == 2
    assert Message.objects.count() == 6


def test_vectors_are_near_the_originals_and_not_the_same(principal: Principal, connection: Connection) -> None:
    fill(connection, ["ann"], copies=1)
    near = """
    SELECT 1 - (copy.embedding <=> original.embedding), vector_norm(copy.embedding)
    FROM memories_memory a JOIN memories_memoryvector original ON original.memory_id = a.id
    JOIN memories_memory b ON b.digest = a.digest AND b.id <> a.id
    JOIN memories_memoryvector copy ON copy.memory_id = b.id
    """
    found = connection.execute(near).fetchall()
    assert len(found) == 6
    assert all(0.95 < cosine < 0.999 for cosine, _norm in found)
    assert all(abs(norm - 1) < 1e-5 for _cosine, norm in found)


def test_a_search_finds_the_copys_memories(
    principal: Principal, connection: Connection, alice_project: Project
) -> None:
    fill(connection, ["ann"], copies=1)
    scope = Memory.objects.for_principal(principal).filter(end_user__name="ann-1").active()
    found = search(principal=principal, project=alice_project, scope=scope, query="Where are the bees kept?")
    assert found.hits[0].memory.text == SAID[0]
    assert {hit.memory.end_user.name for hit in found.hits} == {"ann-1"}
    assert len(found.hits) == 3


def test_a_fill_goes_on_where_it_was(principal: Principal, connection: Connection) -> None:
    fill(connection, ["ann"], copies=1)
    before = set(Memory.objects.values_list("pk", flat=True))
    fill(connection, ["ann"], copies=3)
    assert before < set(Memory.objects.values_list("pk", flat=True))
    assert EndUser.objects.count() == 4


def test_triggers_run_and_are_left_as_they_were(principal: Principal, connection: Connection) -> None:
    last = connection.execute("SELECT max(changed_in::text::bigint) FROM memories_memory").fetchone()
    fill(connection, ["ann"], copies=1)
    later = "SELECT count(*) FROM memories_memory WHERE changed_in::text::bigint > %s"
    assert connection.execute(later, last).fetchone() == (3,)
    enabled = "SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgname = 'memory_note_change'"
    assert connection.execute(enabled).fetchall() == [("O",)]


def test_indexes_come_back_after_a_large_fill(
    principal: Principal, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = connection.execute(INDEXES, [list(copies.TABLES)]).fetchall()
    monkeypatch.setattr(copies, "MANY", 0)
    fill(connection, ["ann"], copies=1)
    assert connection.execute(INDEXES, [list(copies.TABLES)]).fetchall() == before


def test_indexes_come_back_though_a_fill_was_broken_off(
    principal: Principal, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = connection.execute(INDEXES, [list(copies.TABLES)]).fetchall()
    monkeypatch.setattr(copies, "MANY", 0)
    with monkeypatch.context() as broken:
        broken.setattr(copies, "_copy", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fill(connection, ["ann"], copies=1)
    assert len(connection.execute(INDEXES, [list(copies.TABLES)]).fetchall()) < len(before)
    fill(connection, ["ann"], copies=1)
    assert connection.execute(INDEXES, [list(copies.TABLES)]).fetchall() == before
