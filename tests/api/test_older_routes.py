"""v1 and v2: older bodies and shapes, the same memories."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from memories.models import Event, Memory
from memories.services.ingest import ingest
from tests.conftest import Remember, api_client

pytestmark = pytest.mark.django_db
ANN = {"user_id": "ann"}
TEA = {"messages": "I like green tea.", **ANN}


def texts(found: list[dict[str, Any]]) -> list[str]:
    return [memory["memory"] for memory in found]


@pytest.mark.parametrize("output_format", [None, "v1.1", "v1.0"])
def test_v1_add_queues_and_says_which_event(alice_api: APIClient, output_format: str | None) -> None:
    answer = alice_api.post("/v1/memories/", {**TEA, "output_format": output_format}).json()
    (queued,) = answer if output_format == "v1.0" else answer["results"]
    assert queued["status"] == "PENDING"
    ingest(queued["event_id"])
    assert texts(alice_api.get("/v1/memories/?user_id=ann").json()) == ["I like green tea."]


def test_v1_add_waits_when_it_is_not_asynchronous(alice_api: APIClient) -> None:
    answer = alice_api.post("/v1/memories/", {**TEA, "async_mode": False}).json()
    (stored,) = answer["results"]
    assert (stored["event"], stored["memory"]) == ("ADD", "I like green tea.")
    assert stored["structured_attributes"]["year"] == Memory.objects.get().said_at.year
    (old,) = alice_api.post(
        "/v1/memories/", {"messages": "I have a dog.", **ANN, "async_mode": False, "output_format": "v1.0"}
    ).json()
    assert old["data"] == {"memory": "I have a dog."}


def test_v3_add_can_wait_too(alice_api: APIClient) -> None:
    answer = alice_api.post("/v3/memories/add/", {**TEA, "async_mode": False}).json()
    assert (answer["status"], answer["results"][0]["memory"]) == ("SUCCEEDED", "I like green tea.")


@pytest.mark.parametrize("path", ["/v1/memories/search/", "/v2/memories/search/"])
@pytest.mark.parametrize("body", [ANN, {"filters": ANN}, {"filters": {"AND": [ANN]}}])
def test_old_searches_take_names_inside_and_beside_the_filters(
    alice_api: APIClient, remember: Remember, path: str, body: dict[str, Any]
) -> None:
    remember("I like green tea")
    remember("I like green tea, too", user_id="zoe")
    assert texts(alice_api.post(path, {"query": "tea", **body}).json()) == ["I like green tea"]
    wrapped = alice_api.post(path, {"query": "tea", "output_format": "v1.1", **body}).json()
    assert (texts(wrapped["results"]), wrapped["relations"]) == (["I like green tea"], [])


def test_old_searches_call_top_k_limit(alice_api: APIClient, remember: Remember) -> None:
    for number in range(3):
        remember(f"I drink tea number {number}")
    assert len(alice_api.post("/v1/memories/search/", {"query": "tea", "limit": 2, **ANN}).json()) == 2


def test_v2_list_is_bare_until_a_page_is_asked_for(alice_api: APIClient, remember: Remember) -> None:
    for number in range(3):
        remember(f"Fact {number}")
    assert texts(alice_api.post("/v2/memories/", {"filters": ANN}).json()) == ["Fact 2", "Fact 1", "Fact 0"]
    page = alice_api.post("/v2/memories/?page=2&page_size=2", {"filters": ANN}).json()
    assert (page["count"], texts(page["results"]), page["next"]) == (3, ["Fact 0"], None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("user_id=ann", ["I run", "I like tea"]),
        ("user_id=ann&agent_id=coach", ["I run"]),
        ("agent_id=*", ["I run"]),
        ("user_id=ann&metadata=%7B%22kind%22%3A%22drink%22%7D", ["I like tea"]),
        ("user_id=ann&categories=sports,music", ["I run"]),
        ("user_id=ann&keywords=LIKE", ["I like tea"]),
        ("user_id=ann&limit=1", ["I run"]),
        ("user_id=ann&start_date=2999-01-01", []),
        ("user_id=ann&end_date=2999-01-01", ["I run", "I like tea"]),
    ],
)
def test_v1_list_takes_everything_as_query_parameters(
    alice_api: APIClient, remember: Remember, query: str, expected: list[str]
) -> None:
    remember("I like tea", metadata={"kind": "drink"})
    sporty = remember("I run", agent_id="coach")
    Memory.objects.filter(pk=sporty.pk).update(categories=["sports"])
    assert texts(alice_api.get(f"/v1/memories/?{query}").json()) == expected


def test_a_list_of_nobody_in_particular_is_refused(alice_api: APIClient, remember: Remember) -> None:
    remember("I like tea")
    assert alice_api.get("/v1/memories/").status_code == 400
    assert alice_api.post("/v2/memories/", {}).status_code == 400
    assert alice_api.post("/v1/memories/search/", {"query": "tea"}).status_code == 400
    # Names beside the filters are v1's and v2's; v3 wants filters.
    assert alice_api.post("/v3/memories/search/", {"query": "tea", **ANN}).status_code == 400


def test_delete_all_by_metadata(alice_api: APIClient, remember: Remember) -> None:
    remember("I like tea", metadata={"kind": "drink"})
    remember("I run")
    answer = alice_api.delete("/v1/memories/?user_id=ann&metadata=%7B%22kind%22%3A%22drink%22%7D")
    assert answer.json()["count"] == 1
    assert alice_api.delete("/v1/memories/?metadata=%7B%7D").status_code == 400
    assert alice_api.delete("/v1/memories/?user_id=ann&metadata=nonsense").status_code == 400
    assert texts(alice_api.get("/v1/memories/?user_id=ann").json()) == ["I run"]


class TestDeletingTheWholeProject:
    ALL = "user_id=*&agent_id=*&app_id=*&run_id=*"

    def test_takes_all_four_ids(self, alice_api: APIClient, remember: Remember) -> None:
        remember("I like tea", metadata={"kind": "drink"})
        remember("I run", agent_id="coach", run_id="r1")
        assert alice_api.delete("/v1/memories/?user_id=*&agent_id=*&app_id=*").json()["count"] == 0
        only_drinks = f"/v1/memories/?{self.ALL}&metadata=%7B%22kind%22%3A%22drink%22%7D"
        assert alice_api.delete(only_drinks).json()["count"] == 1
        assert alice_api.delete(f"/v1/memories/?{self.ALL}").json()["count"] == 1
        assert alice_api.get("/v1/memories/?user_id=*").json() == []

    def test_stays_with_what_the_key_may_see(
        self, alice: User, charlie_api: APIClient, alice_api: APIClient, remember: Remember
    ) -> None:
        remember("I like tea")
        for other in (charlie_api, api_client(alice, end_user_name="zoe")):
            assert other.delete(f"/v1/memories/?{self.ALL}").json()["count"] == 0
        assert texts(alice_api.get("/v1/memories/?user_id=ann").json()) == ["I like tea"]


class TestBatches:
    def test_all_are_changed(self, alice_api: APIClient, remember: Remember) -> None:
        first, second = remember("I like tea"), remember("I run")
        items = [
            {"memory_id": str(first.pk), "text": "I like coffee"},
            {"memory_id": str(second.pk), "metadata": {"a": 1}},
        ]
        answer = alice_api.put("/v1/batch/", {"memories": items})
        assert answer.json() == {"message": "Successfully updated 2 memories", "count": 2}
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.text, first.version, second.metadata) == ("I like coffee", 2, {"a": 1})
        (best, *_) = alice_api.post("/v1/memories/search/", {"query": "coffee", **ANN}).json()
        assert (best["memory"], best["score_breakdown"]["semantic"]["rank"]) == ("I like coffee", 1)

    @pytest.mark.parametrize("other", ["00000000-0000-4000-8000-000000000000", "stale", "immutable", "not an id"])
    def test_or_none_is(self, alice_api: APIClient, remember: Remember, other: str) -> None:
        mine = remember("I like tea")
        item: dict[str, Any] = {"memory_id": other, "text": "x"}
        expected = {"stale": 409, "immutable": 409, "not an id": 400}.get(other, 404)
        if expected == 409:
            item["memory_id"] = str(remember("I run", immutable=other == "immutable").pk)
            item["version"] = 7 if other == "stale" else 1
        answer = alice_api.put("/v1/batch/", {"memories": [{"memory_id": str(mine.pk), "text": "Changed"}, item]})
        assert answer.status_code == expected
        mine.refresh_from_db()
        assert (mine.text, mine.version) == ("I like tea", 1)

    def test_deletes_go_together(self, alice_api: APIClient, remember: Remember) -> None:
        ids = [str(remember(f"Fact {number}").pk) for number in range(3)]
        unknown = "00000000-0000-4000-8000-000000000000"
        refused = alice_api.delete("/v1/batch/", {"memories": [{"memory_id": ids[0]}, {"memory_id": unknown}]})
        assert refused.status_code == 404
        assert unknown in refused.json()["detail"]
        assert Memory.objects.kept().count() == 3
        answer = alice_api.delete("/v1/batch/", {"memories": [{"memory_id": ids[0]}, ids[1]]})
        assert answer.json()["count"] == 2
        assert texts(alice_api.get("/v1/memories/?user_id=ann").json()) == ["Fact 2"]

    def test_a_thousand_at_most(self, alice_api: APIClient) -> None:
        many = [{"memory_id": "00000000-0000-4000-8000-000000000000"}] * 1001
        answer = alice_api.delete("/v1/batch/", {"memories": many})
        assert answer.status_code == 400
        assert "1000" in answer.json()["detail"]
        assert alice_api.put("/v1/batch/", {"memories": []}).status_code == 400


class TestEntities:
    @pytest.mark.parametrize("name", ["ann", "a/b c", "空白 😀", "50%/x", "v1/memories"])
    def test_any_name_can_be_made_read_and_erased(self, alice_api: APIClient, name: str) -> None:
        from urllib.parse import quote

        made = alice_api.post("/v1/users/", {"user_id": name, "metadata": {"plan": "free"}})
        assert (made.status_code, made.json()["name"], made.json()["metadata"]) == (201, name, {"plan": "free"})
        alice_api.post("/v3/memories/add/", {"messages": "I sing.", "user_id": name, "infer": False})
        path = f"/v2/entities/user/{quote(name, safe='')}/"
        assert alice_api.get(path).json()["total_memories"] == 1
        assert texts(alice_api.get(f"/v1/memories/user/{quote(name)}/").json()) == ["I sing."]
        assert alice_api.delete(path).status_code == 200
        assert alice_api.get(path).status_code == 404
        assert not Event.objects.exists()

    def test_kinds_are_apart_and_making_one_twice_is_one(self, alice_api: APIClient) -> None:
        for kind in ("user", "agent", "app", "run", "run"):
            assert alice_api.post(f"/v1/{kind}s/", {"name": "same"}).status_code == 201
        answer = alice_api.get("/v1/entities/").json()
        assert sorted(entity["type"] for entity in answer["results"]) == ["agent", "app", "run", "user"]
        assert (answer["total_users"], answer["total_runs"], answer["count"]) == (1, 1, 4)
        assert alice_api.get("/v2/entities/robot/same/").status_code == 400
        assert alice_api.post("/v1/users/", {}).status_code == 400

    def test_the_older_path_takes_the_id(self, alice_api: APIClient) -> None:
        made = alice_api.post("/v1/users/", {"name": "ann"}).json()
        assert alice_api.delete(f"/v1/entities/user/{made['id']}/").status_code == 200
        assert alice_api.get("/v1/entities/").json()["count"] == 0

    def test_pages_follow_each_other(self, alice_api: APIClient) -> None:
        for number in range(5):
            alice_api.post("/v1/users/", {"name": f"u{number}"})
            alice_api.post("/v1/runs/", {"name": f"r{number}"})
        names: list[str] = []
        url: str | None = "/v1/entities/?page_size=3"
        while url:
            page = alice_api.get(url).json()
            names += [entity["name"] for entity in page["results"]]
            url = page["next"]
        assert names == [f"{kind}{n}" for n in range(4, -1, -1) for kind in "ru"]

    def test_a_limited_key_makes_only_its_own_person(self, alice: Any) -> None:
        zoe = api_client(alice, end_user_name="zoe")
        assert zoe.post("/v1/users/", {"name": "zoe"}).status_code == 201
        assert zoe.post("/v1/users/", {"name": "ann"}).status_code == 403
        assert zoe.post("/v1/agents/", {"name": "zoe"}).status_code == 403


def test_the_history_of_everything_has_what_each_memory_said_before(alice_api: APIClient, remember: Remember) -> None:
    memory = remember("I like tea")
    alice_api.put(f"/v1/memories/{memory.pk}/", {"text": "I like coffee"})
    remember("I run")
    page = alice_api.get("/v1/memories/events/?page_size=2").json()
    assert (page["count"], [change["event"] for change in page["results"]]) == (3, ["ADD", "UPDATE"])
    assert (page["results"][1]["old_memory"], page["results"][1]["new_memory"]) == ("I like tea", "I like coffee")
