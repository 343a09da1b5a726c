"""Prepared queries: the rows of the queryset they were made of, for whatever values."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiKey, Project, User
from accounts.prepared import Prepared
from accounts.services import personal_project
from memories.models import Memory
from tests.conftest import Remember

BY_PROJECT = {"project": UUID, "name": str}


def of_person(project: UUID, name: str) -> object:
    return Memory.objects.filter(project=project, end_user__name=name).with_scope().order_by("text")


@pytest.fixture
def three(remember: Remember) -> list[Memory]:
    return [remember(text) for text in ("I sing.", "I keep bees.", "I row.")]


def test_the_rows_are_those_of_the_queryset_with_what_was_fetched_along(
    three: list[Memory], alice_project: Project
) -> None:
    prepared = Prepared(of_person, BY_PROJECT)
    name = three[0].end_user.name  # type: ignore[union-attr]
    for _ in range(2):
        found = prepared(project=alice_project.pk, name=name)
        assert found == list(of_person(alice_project.pk, name))  # type: ignore[call-overload]
        with CaptureQueriesContext(connection) as queries:
            assert {memory.end_user.name for memory in found} == {name}
        assert len(queries) == 0
    assert prepared(project=alice_project.pk, name="somebody else") == []
    assert prepared(project=uuid4(), name=name) == []


def test_values_are_bound_and_never_part_of_the_sql(three: list[Memory], alice_project: Project) -> None:
    prepared = Prepared(of_person, BY_PROJECT)
    assert prepared(project=alice_project.pk, name="' OR true --") == []
    assert prepared(project=alice_project.pk, name="100 %s") == []


def test_tuples_come_as_tuples(three: list[Memory], alice_project: Project) -> None:
    prepared = Prepared(
        lambda project: Memory.objects.filter(project=project).values_list("id", "text"), {"project": UUID}
    )
    assert set(prepared(project=alice_project.pk)) == {(memory.pk, memory.text) for memory in three}


def test_the_count_is_of_everything_and_the_rows_of_the_slice(three: list[Memory], alice_project: Project) -> None:
    prepared = Prepared(lambda project: Memory.objects.filter(project=project)[1:2], {"project": UUID})
    assert len(prepared(project=alice_project.pk)) == 1
    assert prepared.count(project=alice_project.pk) == 3


def test_what_is_not_used_as_it_is_is_refused() -> None:
    prepared = Prepared(lambda name: ApiKey.objects.filter(name__icontains=name), {"name": str})
    with pytest.raises(ValueError, match="doesn't use name"):
        prepared(name="x")


def test_a_time_that_would_stand_still_is_refused(db: None) -> None:
    prepared = Prepared(lambda name: Memory.objects.unexpired().filter(text=name), {"name": str})
    with pytest.raises(ValueError, match="stand still"):
        prepared(name="x")
    passing = Prepared(lambda day: Memory.objects.unexpired(on=day), {"day": date})
    assert passing(day=timezone.now().date()) == []


@pytest.mark.django_db(transaction=True)
def test_each_thread_reads_through_its_own_connection() -> None:
    people = [User.objects.create_user(f"p{n}@example.com") for n in range(4)]
    keys = [ApiKey.issue(project=personal_project(user=user), name="k", created_by=user) for user in people]

    def find(number: int) -> bool:
        try:
            return ApiKey.objects.find(keys[number % 4][1]) == keys[number % 4][0]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(find, range(40)))
