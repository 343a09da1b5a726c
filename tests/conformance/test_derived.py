"""What is made of memories, and said of them: exports, summaries, profiles, feedback."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.clients import NEWEST, PYTHON, TYPESCRIPT, Client, ClientError, plain, start
from tests.conformance.test_memories import UNKNOWN, results, saying, store
from tests.product.running import Product, eventually

method = pytest.mark.method
FACTS = {"type": "object", "properties": {"memories": {"type": "array", "items": {"type": "string"}}}}
GOALS = {
    "type": "object",
    "properties": {"goals": {"type": "array", "items": {"type": "string"}, "description": "What the user wants"}},
}


@method("create_memory_export", "get_memory_export")
def test_an_export_by_its_id_and_by_filters(client: Client, person: str) -> None:
    store(client, person, "I like green tea", "I keep bees")
    created = client.call("create_memory_export", schema=FACTS, filters={"user_id": person})
    assert created["message"]

    def exported(**which: Any) -> Any:
        answer = client.call("get_memory_export", **which)
        return None if answer.get("status") in ("PENDING", "RUNNING") else answer["memories"]

    found = eventually(lambda: exported(memory_export_id=created["id"]))
    assert sorted(found) == ["I keep bees", "I like green tea"]
    assert exported(filters={"user_id": person}) == found
    with pytest.raises(ClientError, match=saying(client, "There is no such export", "404 Not Found")):
        client.call("get_memory_export", memory_export_id=UNKNOWN)


@method("get_summary", only=PYTHON)
def test_a_summary_is_of_one_persons_memories(client: Client, person: str) -> None:
    store(client, person, "I like green tea")
    store(client, f"{person}-other", "I like black tea")
    summary = client.call("get_summary", filters={"user_id": person})["summary"]
    assert "green tea" in summary
    assert "black tea" not in summary
    with pytest.raises(ClientError, match=saying(client, "Say whose")):
        client.call("get_summary")


@method("feedback", only=("Python 2", "Python 2 async", *TYPESCRIPT))
def test_feedback_is_given_and_taken_back(client: Client, person: str) -> None:
    (memory_id,) = store(client, person, "I like green tea")
    given = client.call("feedback", memory_id=memory_id, feedback="NEGATIVE", feedback_reason="It is black tea")
    assert (given["feedback"], plain(given)["feedback_reason"]) == ("NEGATIVE", "It is black tea")
    assert client.call("feedback", memory_id=memory_id)["feedback"] is None
    with pytest.raises(ClientError, match="There is no memory"):
        client.call("feedback", memory_id=UNKNOWN, feedback="POSITIVE")


@method("feedback", only=("Python 1", "Python 1 async"))
def test_feedback_arrives_though_the_client_fails_afterwards(client: Client, product: Product, person: str) -> None:
    (memory_id,) = store(client, person, "I like green tea")
    with pytest.raises(ClientError, match="TypeError"):
        client.call("feedback", memory_id, feedback="NEGATIVE", feedback_reason="It is black tea")
    kept = (
        f"from memories.models import Feedback; print(*Feedback.objects.get(memory={memory_id!r}).__dict__.values())"
    )
    assert "NEGATIVE It is black tea" in product.manage("shell", "--no-imports", "-c", kept)


@method("get_profile", "generate_profile", "get_profile_job", only=NEWEST)
def test_a_profile_is_made_and_read(client: Client, product: Product, person: str) -> None:
    client.call("update_profile_settings", enabled=True)
    queued = plain(client.call("add", [{"role": "user", "content": "I love green tea."}], user_id=person))
    assert product.finished(queued["event_id"])["status"] == "SUCCEEDED"
    key = {"idempotency_key": f"key-{person}"}
    first = plain(client.call("generate_profile", entity_id=person, **key))
    again = plain(client.call("generate_profile", entity_id=person, **key))
    assert (again["job_id"], first["replayed"], again["replayed"]) == (first["job_id"], False, True)
    eventually(lambda: client.call("get_profile", entity_id=person)["status"] != "pending")
    assert client.call("get_profile", entity_id=person)["profile"]["food"] == ["I love green tea."]
    for name in (first["status_url"], first["job_id"]):
        assert client.call("get_profile_job", name)["job"]["succeeded"] == 1
    with pytest.raises(ClientError, match="There is no user"):
        client.call("get_profile", entity_id=f"{person}-unknown")


@method("sample_profiles", "get_profile_settings", "update_profile_settings", only=NEWEST)
def test_settings_of_profiles_and_a_sample(client: Client, person: str) -> None:
    store(client, person, *(f"Fact number {n}" for n in range(60)))
    wanted = {"schema": GOALS, "custom_instructions": "Be kind."}
    client.call("update_profile_settings", enabled=True, **wanted)
    assert plain(client.call("get_profile_settings"))["entities"]["user"] == wanted
    job = plain(client.call("sample_profiles", limit=1))
    assert job["entity_ids"] == [person]
    eventually(lambda: client.call("get_profile_job", job["status_url"])["job"]["completed"] == 1)
    client.call("update_profile_settings", schema=None, custom_instructions=None)
    assert plain(client.call("get_profile_settings"))["entities"]["user"]["schema"] is None
    client.call("delete_users", user_id=person)


@method("delete_user", only=TYPESCRIPT)
def test_a_person_is_erased_by_the_older_method(client: Client, person: str) -> None:
    store(client, person, "I like green tea")
    (found,) = (entity for entity in results(client.call("users")) if entity["name"] == person)
    assert client.call("delete_user", entity_id=found["id"], entity_type="user")["message"]
    assert person not in [entity["name"] for entity in results(client.call("users"))]


@method("reset", only=PYTHON)
def test_a_reset_erases_everybody(client: Client, person: str) -> None:
    store(client, person, "I like green tea", agent_id="barista")
    assert client.call("reset")["message"]
    assert client.call("users")["results"] == []


@method("ping", only=TYPESCRIPT)
def test_a_ping_knows_its_key(client: Client, product: Product) -> None:
    client.call("ping")
    stranger = start(client.name, product.url, "mh_unknown")
    with pytest.raises(ClientError, match="not valid"):
        stranger.call("ping")
    stranger.close()
