"""Versions, the past and rollbacks over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey, Project, User
from memories.models import Event, Memory
from memories.services import rollbacks
from tests.conftest import Remember, api_client


def said(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.json()
    return answer.json()


@pytest.fixture
def memory(remember: Remember, alice_api: APIClient) -> Memory:
    memory = remember("I live in Osaka")
    said(alice_api.put(f"/v1/memories/{memory.pk}/", {"text": "I live in Kyoto"}))
    return memory


def test_a_version_is_restored_by_its_number(memory: Memory, alice_api: APIClient) -> None:
    path = f"/api/v1/memories/{memory.pk}"
    restored = alice_api.post(f"{path}/restore/", {"version": 1, "reason": "right"})
    assert said(restored)["memory"] == "I live in Osaka"
    assert restored["ETag"] == '"3"'
    history = said(alice_api.get(f"/v1/memories/{memory.pk}/history/"))
    assert [(step["version"], step["change"], step["event"]) for step in history] == [
        (1, "ADD", "ADD"),
        (2, "UPDATE", "UPDATE"),
        (3, "RESTORE", "UPDATE"),
    ]
    assert history[2]["reason"] == "right"
    assert "no version 9" in said(alice_api.post(f"{path}/restore/", {"version": 9}), 404)["detail"]
    assert said(alice_api.post(f"{path}/restore/", {"version": 1, "expected_version": 2}), 409)
    assert said(alice_api.post(f"{path}/restore/", {}), 400)["fields"].keys() == {"version"}


def test_undo_brings_a_deleted_memory_back(memory: Memory, alice_api: APIClient) -> None:
    said(alice_api.delete(f"/v1/memories/{memory.pk}/"))
    assert said(alice_api.get(f"/v1/memories/{memory.pk}/history/"))[-1]["event"] == "DELETE"
    undone = said(alice_api.post(f"/api/v1/memories/{memory.pk}/undo/", {}))
    assert (undone["lifecycle_state"], undone["version"]) == ("active", 4)


def test_a_memory_is_read_as_of_a_time(memory: Memory, alice_api: APIClient) -> None:
    first = memory.versions.get(number=1).created_at.isoformat()
    then = alice_api.get(f"/v1/memories/{memory.pk}/", {"as_of": first})
    assert (said(then)["memory"], then["ETag"]) == ("I live in Osaka", '"1"')
    assert said(alice_api.get(f"/v1/memories/{memory.pk}/"))["memory"] == "I live in Kyoto"
    assert said(alice_api.get(f"/v1/memories/{memory.pk}/", {"as_of": "2020-01-01T00:00:00Z"}), 404)
    assert said(alice_api.get(f"/v1/memories/{memory.pk}/", {"as_of": "then"}), 400)["fields"].keys() == {"as_of"}


def test_a_person_is_read_as_of_a_time(
    memory: Memory, remember: Remember, alice_api: APIClient, alice: User, charlie_api: APIClient
) -> None:
    then = memory.versions.get(number=1).created_at.isoformat()
    remember("I like tea")
    ask = {"user_id": "ann", "as_of": then}
    page = said(alice_api.post("/api/v1/memories/as-of/", ask))
    assert (page["count"], [m["memory"] for m in page["results"]]) == (1, ["I live in Osaka"])
    now = said(alice_api.post("/api/v1/memories/as-of/?page_size=1", {**ask, "as_of": timezone.now().isoformat()}))
    assert (now["count"], [m["memory"] for m in now["results"]]) == (2, ["I like tea"])
    assert said(charlie_api.post("/api/v1/memories/as-of/", ask))["count"] == 0
    assert said(api_client(alice, end_user_name="zoe").post("/api/v1/memories/as-of/", ask))["count"] == 0
    said(alice_api.post("/api/v1/memories/as-of/", {"as_of": then}), 400)
    said(alice_api.post("/api/v1/memories/as-of/", {"user_id": "ann"}), 400)


class TestRollbacks:
    def test_looked_at_then_done(self, memory: Memory, remember: Remember, alice_api: APIClient) -> None:
        remember("I hate tea", app_id="bad")
        source = {"app_id": "bad"}
        look = said(alice_api.post("/api/v1/rollbacks/preview/", source))
        assert (look["trashed"], look["put_back"], look["conflicts"], look["count"]) == (1, 0, 0, 1)
        [row] = look["results"]
        assert (row["memory"], row["becomes"], row["lifecycle_state"]) == ("I hate tea", None, "deleted")
        done = said(alice_api.post("/api/v1/rollbacks/", source), 201)
        assert (done["status"], done["changed"]) == ("SUCCEEDED", 1)
        assert done["source"]["type"] == "app"
        assert said(alice_api.get(f"/api/v1/rollbacks/{done['id']}/")) == done
        assert said(alice_api.post("/api/v1/rollbacks/preview/", source))["count"] == 0

    def test_what_a_key_changed_and_somebody_else_changed_since(
        self, memory: Memory, alice_api: APIClient, alice: User
    ) -> None:
        key = ApiKey.objects.get()
        source = {"api_key_id": str(key.pk)}
        [row] = said(alice_api.post("/api/v1/rollbacks/preview/", source))["results"]
        assert (row["becomes"], row["conflict"]) == ("I live in Osaka", False)
        said(api_client(alice).put(f"/v1/memories/{memory.pk}/", {"text": "I live in Kobe"}))
        look = said(alice_api.post("/api/v1/rollbacks/preview/", source))
        assert (look["conflicts"], look["results"][0]["conflict"]) == (1, True)
        assert said(alice_api.post("/api/v1/rollbacks/", source), 201)["conflicts"] == 1
        forced = said(alice_api.post("/api/v1/rollbacks/", {**source, "include_conflicts": True}), 201)
        assert forced["changed"] == 1
        assert said(alice_api.get(f"/v1/memories/{memory.pk}/"))["memory"] == "I live in Osaka"

    def test_a_large_one_is_a_job(
        self, remember: Remember, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rollbacks, "BATCH", 1)
        for text in ("I hate tea", "I hate rice"):
            remember(text, run_id="r1")
        job = said(alice_api.post("/api/v1/rollbacks/", {"run_id": "r1"}), 201)
        assert (job["status"], job["changed"]) == ("PENDING", 0)
        rollbacks.work(job["id"])
        assert said(alice_api.get(f"/api/v1/rollbacks/{job['id']}/"))["changed"] == 2

    @pytest.mark.parametrize("body", [{}, {"run_id": "r", "app_id": "a"}, {"event_id": "x"}])
    def test_one_source_is_named(self, body: Any, alice_api: APIClient) -> None:
        said(alice_api.post("/api/v1/rollbacks/", body), 400)

    def test_a_limited_key_finds_no_source(self, memory: Memory, alice: User) -> None:
        ann = api_client(alice, end_user_name="ann")
        event = Event.objects.get()
        said(ann.post("/api/v1/rollbacks/preview/", {"event_id": str(event.pk)}), 404)
        said(ann.post("/api/v1/rollbacks/", {"event_id": str(event.pk)}), 404)

    def test_anothers_sources_are_none(self, memory: Memory, charlie_api: APIClient, alice_project: Project) -> None:
        for source in ({"api_key_id": str(ApiKey.objects.filter(project=alice_project)[0].pk)}, {"app_id": "bad"}):
            said(charlie_api.post("/api/v1/rollbacks/", source), 404)
