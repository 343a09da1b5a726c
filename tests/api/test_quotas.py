"""Quotas: how much a project may hold and be sent."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import Project, User
from memories.models import EndUser, Event, Memory
from memories.services.changes import Actor
from memories.services.forgetting import forget
from tests.conftest import Remember, api_client

ADD = "/v3/memories/add/"


def add(api: APIClient, text: str = "I sing.", **more: Any) -> Any:
    return api.post(ADD, {"messages": text, "user_id": "ann", "infer": False, **more})


def test_a_full_project_takes_nothing_more_until_something_is_deleted(settings: Any, alice_api: APIClient) -> None:
    settings.QUOTA_MEMORIES_PER_PROJECT = 2
    assert [add(alice_api, text).status_code for text in ("I sing.", "I dance.")] == [200, 200]
    refused = add(alice_api, "I paint.", user_id="zoe")
    assert (refused.status_code, refused.json()["code"]) == (413, "quota_exceeded")
    assert "2 memories" in refused.json()["detail"]
    assert (Event.objects.count(), EndUser.objects.count()) == (2, 1)
    forget(memories=Memory.objects.filter(text="I sing."), actor=Actor(label="test"))
    assert add(alice_api, "I paint.").status_code == 200


def test_conversations_a_month(settings: Any, alice_api: APIClient, charlie_api: APIClient) -> None:
    settings.QUOTA_ADDS_PER_MONTH = 2
    assert [add(alice_api, infer=True).status_code for _ in range(3)] == [200, 200, 413]
    assert add(charlie_api).status_code == 200
    Event.objects.update(created_at="2020-01-31T23:59:59Z")
    assert add(alice_api).status_code == 200


@pytest.mark.parametrize(("own", "status"), [(1, 413), (0, 200), (None, 413), (3, 200)])
def test_a_projects_own_quota_comes_before_the_setting(
    settings: Any, alice_api: APIClient, alice_project: Project, own: int | None, status: int
) -> None:
    settings.QUOTA_MEMORIES_PER_PROJECT = settings.QUOTA_ADDS_PER_MONTH = 1
    Project.objects.filter(pk=alice_project.pk).update(memory_quota=own, monthly_add_quota=own)
    add(alice_api)
    assert add(alice_api, "I dance.").status_code == status


def test_reading_goes_on(settings: Any, alice_api: APIClient, remember: Remember) -> None:
    memory = remember("I like tea.")
    settings.QUOTA_MEMORIES_PER_PROJECT = 1
    assert add(alice_api).status_code == 413
    assert alice_api.get(f"/v1/memories/{memory.pk}/").status_code == 200
    assert alice_api.put(f"/v1/memories/{memory.pk}/", {"text": "I like mate."}).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_of_many_that_compete_for_the_last_places_only_so_many_get_one(
    settings: Any, alice: User, alice_project: Project
) -> None:
    settings.QUOTA_ADDS_PER_MONTH = 3

    def call(number: int) -> int:
        try:
            return int(add(api, f"I own bicycle {number}.", infer=True).status_code)
        finally:
            connection.close()

    api = api_client(alice)
    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(call, range(12))) == [200] * 3 + [413] * 9


def test_the_samples_say_so_on_the_page(settings: Any, alice_client: Client) -> None:
    settings.QUOTA_ADDS_PER_MONTH = 1
    page = alice_client.post("/samples/load/", follow=True)
    assert "this project has reached one of its quotas" in page.content.decode()
    assert not Event.objects.exists()
