"""What should be gone and isn't is found, wherever it is, and told to the operator."""

from __future__ import annotations

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Project, User
from memories.models import (
    AccessLog,
    EndUser,
    Event,
    LeftoverCheck,
    Memory,
    MemoryExport,
    Message,
    SavedFilter,
    Tombstone,
)
from memories.services.erasure.leftovers import find_leftovers
from memories.services.forgetting import erase_entity, purge
from memories.tasks import check_leftovers
from tests.conftest import Remember
from tests.erasure.conftest import ACTOR, NAME, of

EARLIER = timezone.now() - timedelta(days=1)
SAID = "I am allergic to peanuts"


def found() -> list[tuple[str, str]]:
    return sorted({(item["store"], item["what"]) for item in find_leftovers().found})


@pytest.fixture
def purged(remember: Remember) -> Memory:
    """A memory that was purged, as it was."""
    memory = remember(SAID)
    purge(memories=of(memory), actor=ACTOR)
    return memory


def come_back(memory: Memory, **changes: Any) -> None:
    """Put the row of a purged memory back, as a backup does."""
    memory.save(force_insert=True)
    Memory.objects.filter(pk=memory.pk).update(created_at=EARLIER, **changes)


def before(row: Any) -> None:
    """Move a row to a time before the erasure, as one that was forgotten, or came back with a backup."""
    type(row).objects.filter(pk=row.pk).update(created_at=EARLIER)


def test_an_erasure_leaves_nothing(person: EndUser, memory: Memory) -> None:
    purge(memories=of(memory), actor=ACTOR)
    assert found() == []
    erase_entity(entity=person, actor=ACTOR)
    check = find_leftovers()
    assert check.found == []
    assert check.looked_at == 0 or check.completed_at is not None


def test_words_that_came_back_are_found_in_whatever_case(purged: Memory, remember: Remember) -> None:
    come_back(purged, text=f" {SAID.upper()}")
    memory = remember("something else")
    before(MemoryExport.objects.create(project=purged.project, schema={}, filters={}, result={"a": [{"b": SAID}]}))
    Event.objects.update(created_at=EARLIER)
    Message.objects.filter(memories=memory).update(text=SAID)
    assert found() == [
        ("memories.Memory", "reference"),
        ("memories.Memory", "words"),
        ("memories.MemoryExport", "words"),
        ("memories.Message", "words"),
    ]


def test_what_others_say_too_is_no_leftover(remember: Remember) -> None:
    memory = remember(SAID)
    for more in ({"user_id": "ben"}, {"app_id": "diary"}):
        other = remember(SAID.upper(), **more)
        before(other)
        Event.objects.filter(messages__memories=other).update(created_at=EARLIER)
    purge(memories=of(memory), actor=ACTOR)
    assert found() == []


def test_what_is_said_again_later_is_no_leftover(purged: Memory, remember: Remember) -> None:
    remember(SAID)
    assert found() == []


def test_another_projects_words_are_its_own(purged: Memory, remember: Remember, charlie: User) -> None:
    project = Project.objects.get(organization__memberships__user=charlie)
    before(remember(SAID, user=charlie, project=project))
    assert found() == []


def test_a_row_that_leads_to_a_purged_memory_is_found(purged: Memory) -> None:
    AccessLog.objects.create(project=purged.project, reader="k", query="x", memory_ids=[purged.pk])
    assert found() == [("memories.AccessLog", "reference")]


def test_a_vector_without_its_memory_is_found(remember: Remember) -> None:
    remember("I like tea")
    with connection.cursor() as cursor:
        # As a partial restore might leave it.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("INSERT INTO memories_memoryvector (memory_id, embedder, embedding) "
                       "VALUES ('01990000-0000-7000-8000-000000000000', 'e', '[1,2]')")  # fmt: skip
        cursor.execute("SET session_replication_role = origin")
    assert found() == [("memories.MemoryVector", "orphan")]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM memories_memoryvector WHERE embedder = 'e'")


def test_a_name_that_came_back_is_found(person: EndUser, alice: User, alice_project: Project) -> None:
    erase_entity(entity=person, actor=ACTOR)
    before(EndUser.objects.create(project=alice_project, name=NAME))
    before(AccessLog.objects.create(project=alice_project, reader="k", query=f"of {NAME}?", memory_ids=[]))
    saved = SavedFilter.objects.create(
        user=alice, project=alice_project, name="Z", filters={"OR": [{"user_id": NAME}]}
    )
    SavedFilter.objects.filter(pk=saved.pk).update(updated_at=EARLIER)
    assert found() == [
        ("memories.AccessLog", "name"),
        ("memories.EndUser", "name"),
        ("memories.SavedFilter", "name"),
    ]


def test_tombstones_say_nothing(purged: Memory) -> None:
    stone = Tombstone.objects.get()
    assert SAID not in str(Tombstone.objects.values())
    assert (len(stone.digest), stone.object_id) == (64, purged.pk)


def test_what_a_backup_brought_back_is_found_by_the_list_that_was_taken_along(purged: Memory, tmp_path: Path) -> None:
    list_of_erasures = str(tmp_path / "tombstones.json")
    call_command("dumpdata", "memories.tombstone", output=list_of_erasures)
    Tombstone.objects.all().delete()
    come_back(purged)
    assert found() == []
    call_command("loaddata", list_of_erasures, verbosity=0)
    assert found() == [("memories.Memory", "reference"), ("memories.Memory", "words")]
    purge(memories=of(purged), actor=ACTOR)
    assert found() == []


def test_memories_are_looked_for_as_long_as_backups_live(purged: Memory, settings: Any) -> None:
    Tombstone.objects.update(erased_at=EARLIER)
    Tombstone.objects.create(project=purged.project, kind="name", object_id=purged.pk, digest="d", erased_at=EARLIER)
    find_leftovers()
    assert Tombstone.objects.count() == 2
    settings.TOMBSTONE_DAYS = 0
    find_leftovers()
    assert [stone.kind for stone in Tombstone.objects.all()] == ["name"]


class TestTelling:
    def test_the_command_says_where_and_never_what(self, purged: Memory, capsys: Any, caplog: Any) -> None:
        call_command("check_leftovers")
        assert "Nothing is left" in capsys.readouterr().out
        entry = AccessLog.objects.create(project=purged.project, reader="k", query=SAID, memory_ids=[purged.pk])
        with caplog.at_level(logging.ERROR), pytest.raises(CommandError, match="1 leftovers"):
            call_command("check_leftovers")
        assert f"memories.AccessLog {entry.pk}: reference" in capsys.readouterr().out
        assert f"reference in memories.AccessLog, row {entry.pk}" in caplog.text
        assert SAID not in caplog.text

    def test_health_tells_until_it_is_mended(self, purged: Memory) -> None:
        anybody = Client()
        assert anybody.get("/health/leftovers/").json() == {"status": "ok", "found": 0, "checked_at": None}
        AccessLog.objects.create(project=purged.project, reader="k", query="x", memory_ids=[purged.pk])
        check_leftovers()
        answer = anybody.get("/health/leftovers/")
        assert (answer.status_code, answer.json()["found"]) == (503, 1)
        AccessLog.objects.all().delete()
        check_leftovers()
        assert anybody.get("/health/leftovers/").status_code == 200

    def test_old_checks_go(self, db: None) -> None:
        LeftoverCheck.objects.bulk_create(LeftoverCheck(started_at=EARLIER) for _ in range(120))
        find_leftovers()
        assert LeftoverCheck.objects.count() == 100
