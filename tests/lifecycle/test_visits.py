"""What is recalled is counted in the background, each search once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Project, User
from accounts.principal import Principal
from memories.models import AccessLog, Memory, VisitMark
from memories.services import visits
from memories.services.search import search
from memories.services.visits import count_visits
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
Read = Callable[..., AccessLog]


@pytest.fixture
def read(alice_project: Project) -> Read:
    """Note a search that returned these memories, some minutes ago."""

    def read(*memories: Memory, minutes: float = 5) -> AccessLog:
        return AccessLog.objects.create(
            project=alice_project,
            reader="app",
            query="q",
            memory_ids=[memory.pk for memory in memories],
            created_at=timezone.now() - timedelta(minutes=minutes),
        )

    return read


def test_each_search_counts_once_for_each_memory_it_returned(remember: Remember, read: Read) -> None:
    tea, rice, bread = remember("I like tea"), remember("I like rice"), remember("I like bread")
    before = bread.updated_at
    read(tea, rice, minutes=9)
    latest = read(tea, minutes=8)
    assert count_visits() == 2
    assert count_visits() == 0
    read(tea)
    assert count_visits() == 1
    counted = dict(Memory.objects.values_list("text", "visits"))
    assert counted == {"I like tea": 3, "I like rice": 1, "I like bread": 0}
    tea.refresh_from_db()
    assert tea.visited_at > latest.created_at
    assert (tea.version, tea.updated_at < before) == (1, True), "to be read is no change"


def test_a_search_is_counted_when_it_has_settled(
    remember: Remember, alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember("I like tea")
    search(principal=Principal(user=alice), project=alice_project, scope=Memory.objects.active(), query="tea")
    assert count_visits() == 0
    monkeypatch.setattr(visits, "SETTLED", timedelta(0))
    assert count_visits() == 1
    assert Memory.objects.get().visits == 1


def test_more_than_a_batch_and_memories_that_are_gone(
    remember: Remember, read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "BATCH", 2)
    tea = remember("I like tea")
    for _ in range(5):
        read(tea, Memory(pk=uuid4()))
    assert count_visits() == 5
    tea.refresh_from_db()
    assert tea.visits == 5


def test_what_is_said_again_rests_on_more_messages(remember: Remember) -> None:
    tea = remember("I like tea")
    count_visits()
    for _ in range(2):
        remember("I like tea")
    count_visits()
    tea.refresh_from_db()
    assert (tea.interactions, tea.sources.count()) == (3, 3)
    mark = VisitMark.objects.get()
    count_visits()
    count_visits()
    assert VisitMark.objects.get().link == mark.link


@pytest.mark.django_db(transaction=True)
def test_a_source_that_comes_to_light_late_is_counted(remember: Remember) -> None:
    """Its number is lower than that of one which has been counted already."""
    tea = remember("I like tea")
    late, early = tea.sources.through(memory=tea), remember("I like rice")
    count_visits()
    message = early.sources.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('memories_memory_sources', 'id'))")
        late.pk = cursor.fetchone()[0]
    remember("I like bread")
    count_visits()
    late.message = message
    late.save(force_insert=True)
    count_visits()
    tea.refresh_from_db()
    assert tea.interactions == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_one_counts(remember: Remember, read: Read) -> None:
    tea = remember("I like tea")
    read(tea)
    VisitMark.objects.create(pk=1)
    with transaction.atomic():
        VisitMark.objects.select_for_update().get()
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(_elsewhere, count_visits).result() == 0
    assert count_visits() == 1


def _elsewhere(count: Callable[[], int]) -> int:
    try:
        return count()
    finally:
        connection.close()
