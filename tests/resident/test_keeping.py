"""Which indexes are kept, and for how long."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.principal import Principal
from memories.models import Memory
from memories.recall.resident import shelf
from memories.recall.resident.shelf import SHELF
from memories.services.revise import Revision, revise
from tests.resident.talk import ACTOR, Find, kept, say

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_remembers_too_much_is_searched_in_postgres(
    key: Principal, find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelf, "MOST", 3)
    say(key, "I like tea", "It rains", "So it does")
    assert len(find("tea")) == 3
    assert kept() == [3]
    say(key, "And on")
    assert len(find("tea")) == 4
    assert kept() == []


def test_what_was_not_used_for_long_goes_first(key: Principal, find: Find, settings: Any) -> None:
    for name in ("ann", "ben", "cleo"):
        say(key, "I like tea", user_id=name)
    settings.RECALL_INDEX_MEGABYTES = 0.005  # room for two of 1.8 kB each
    for name in ("ann", "ben", "cleo", "ben"):
        assert find("tea", user_id=name) == ["I like tea"]
    assert [person.name for person, _embedder in SHELF._kept] == ["cleo", "ben"]


def test_what_is_idle_leaves_the_memory(key: Principal, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    say(key, "I like tea")
    find("tea")
    SHELF.sweep()
    assert kept() == [1]
    monkeypatch.setattr(shelf, "IDLE_SECONDS", -1.0)
    SHELF.sweep()
    assert kept() == []


def test_a_change_that_is_taken_back_is_never_in_it(key: Principal, find: Find) -> None:
    [tea] = say(key, "I like tea")
    with pytest.raises(RuntimeError), transaction.atomic():
        Memory.objects.filter(pk=tea.pk).update(text="I like coffee")
        find("tea")
        raise RuntimeError
    assert find("tea") == ["I like tea"]


def test_a_database_that_was_restored_where_transactions_count_anew(key: Principal, find: Find) -> None:
    [tea] = say(key, "I like tea")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE memories_memory DISABLE TRIGGER memory_note_change")
        cursor.execute("UPDATE memories_memory SET changed_in = '9000000000'")
        cursor.execute("ALTER TABLE memories_memory ENABLE TRIGGER memory_note_change")
    call_command("prepare", verbosity=0)
    assert find("tea") == ["I like tea"]
    revise(memory=tea, revision=Revision(text="I like coffee"), actor=ACTOR)
    assert find("tea") == ["I like coffee"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM memories_memory WHERE changed_in > pg_current_xact_id()")
        assert cursor.fetchone() == (0,)
