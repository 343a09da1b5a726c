"""What the unmodified `mem0ai` 2.2.1 asks for that is made of memories, against the running product."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from mem0 import AsyncMemoryClient, MemoryClient
from mem0.exceptions import MemoryNotFoundError, ValidationError

from tests.derivation.examples import PROFESSIONAL
from tests.product.running import Product, eventually, running
from tests.product.test_mem0_client import store
from tests.providers.wire import OpenAIWire

EVERYTHING = {"type": "object", "properties": {"memories": {"type": "array", "items": {"type": "string"}}}}
GOALS = {
    "type": "object",
    "properties": {"goals": {"type": "array", "items": {"type": "string"}, "description": "What the user wants"}},
}


def said(client: MemoryClient, product: Product, person: str, text: str) -> None:
    """Add what a user says and wait until it is read, so that it has categories."""
    assert product.finished(client.add(text, user_id=person)["event_id"])["status"] == "SUCCEEDED"


def exported(client: MemoryClient, export_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        answer = client.get_memory_export(memory_export_id=export_id)
        return None if answer.get("status") in ("PENDING", "RUNNING") else dict(answer)

    return eventually(look)


def settled(client: MemoryClient, person: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        answer = client.get_profile(person)
        return None if answer["status"] == "pending" else dict(answer)

    return eventually(look)


def test_an_export_by_id_and_by_filters(client: MemoryClient, person: str) -> None:
    store(client, person, "I like green tea", "I keep bees")
    created = client.create_memory_export(schema=EVERYTHING, filters={"user_id": person})
    assert created["message"]
    result = exported(client, created["id"])
    assert sorted(result["memories"]) == ["I keep bees", "I like green tea"]
    assert client.get_memory_export(filters={"user_id": person}) == result
    with pytest.raises(MemoryNotFoundError):
        client.get_memory_export(filters={"user_id": f"{person}-other"})
    with pytest.raises(ValidationError, match="Say whose"):
        client.create_memory_export(schema=EVERYTHING)


def test_the_documentations_schema_without_a_model(client: MemoryClient, product: Product, person: str) -> None:
    said(client, product, person, "I love green tea and fresh bread.")
    created = client.create_memory_export(
        schema=PROFESSIONAL, filters={"AND": [{"user_id": person}]}, export_instructions="Be brief."
    )
    result = exported(client, created["id"])
    assert result["food"] == ["I love green tea and fresh bread."]
    assert result["full_name"] is None
    assert "Not filled: full_name" in result["notes"][1]


def test_an_export_goes_with_the_person(client: MemoryClient, person: str) -> None:
    store(client, person, "I like green tea")
    created = client.create_memory_export(schema=EVERYTHING, filters={"user_id": person})
    exported(client, created["id"])
    client.delete_users(user_id=person)
    with pytest.raises(MemoryNotFoundError):
        client.get_memory_export(memory_export_id=created["id"])


def test_a_summary_says_who_wrote_it(client: MemoryClient, person: str) -> None:
    store(client, person, "I like green tea")
    summary = client.get_summary(filters={"user_id": person})
    assert "I like green tea" in summary["summary"]
    assert summary["generated_by"] == "digest"
    with pytest.raises(ValidationError, match="Say whose"):
        client.get_summary()


def test_feedback_is_given_and_taken_back(client: MemoryClient, person: str) -> None:
    (memory,) = store(client, person, "I like green tea")
    given = client.feedback(memory["id"], feedback="negative", feedback_reason="It is black tea")
    assert (given["feedback"], given["feedback_reason"]) == ("NEGATIVE", "It is black tea")
    assert client.feedback(memory["id"])["feedback"] is None
    with pytest.raises(MemoryNotFoundError):
        client.feedback("00000000-0000-4000-8000-000000000000", feedback="POSITIVE")


def test_profiles_from_settings_to_reading(client: MemoryClient, product: Product, person: str) -> None:
    client.update_profile_settings(enabled=False)
    said(client, product, person, "I love green tea.")
    assert client.get_profile(person)["status"] == "not_enabled"
    with pytest.raises(ValidationError, match="not enabled"):
        client.generate_profile(person)
    assert client.update_profile_settings(enabled=True)["enabled"] is True
    first = client.generate_profile(person, idempotency_key=f"key-{person}")
    again = client.generate_profile(person, idempotency_key=f"key-{person}")
    assert (again["job_id"], first["replayed"], again["replayed"]) == (first["job_id"], False, True)
    profile = settled(client, person)
    assert profile["status"] == "succeeded"
    assert profile["profile"]["food"] == ["I love green tea."]
    (memory,) = client.get_all(filters={"user_id": person})["results"]
    assert profile["citations"]["food"] == [[memory["id"]]]
    for name in (first["status_url"], first["job_id"]):
        assert client.get_profile_job(name)["job"]["succeeded"] == 1
    client.delete(memory["id"])
    assert client.get_profile(person)["status"] == "insufficient_data"
    client.delete_users(user_id=person)
    with pytest.raises(MemoryNotFoundError):
        client.get_profile(person)


def test_a_sample_of_profiles_and_the_round_trip_of_settings(client: MemoryClient, person: str) -> None:
    store(client, person, *(f"Fact number {n}" for n in range(60)))
    client.update_profile_settings(enabled=True, schema=GOALS, custom_instructions="Be kind.")
    stored = client.get_profile_settings()
    assert stored["entities"]["user"] == {"schema": GOALS, "custom_instructions": "Be kind."}
    with pytest.raises(ValidationError, match="needs a description"):
        client.update_profile_settings(schema={"type": "object", "properties": {"a": {"type": "string"}}})
    job = client.sample_profiles(limit=1)
    assert job["entity_ids"] == [person]
    done = eventually(lambda: _terminal(client.get_profile_job(job["status_url"])["job"]))
    assert (done["total"], done["completed"], done["enumeration_complete"]) == (1, 1, True)
    client.update_profile_settings(schema=None, custom_instructions=None)
    assert client.get_profile_settings()["entities"]["user"]["schema"] is None


def _terminal(job: dict[str, Any]) -> dict[str, Any] | None:
    return job if job["status"] in ("succeeded", "failed") else None


def test_the_async_client_does_the_same(product: Product, person: str) -> None:
    async def scenario() -> None:
        async with AsyncMemoryClient(api_key=product.api_key, host=product.url) as client:
            added = await client.add("I play the cello", user_id=person, infer=False)
            created = await client.create_memory_export(schema=EVERYTHING, filters={"user_id": person})
            for _ in range(100):
                answer = await client.get_memory_export(memory_export_id=created["id"])
                if "memories" in answer:
                    break
                await asyncio.sleep(0.1)
            assert answer["memories"] == ["I play the cello"]
            given = await client.feedback(added["results"][0]["id"], feedback="POSITIVE")
            assert given["feedback"] == "POSITIVE"
            assert "cello" in (await client.get_summary(filters={"user_id": person}))["summary"]

    asyncio.run(scenario())


def test_figures_and_filter_values(client: MemoryClient, product: Product, person: str) -> None:
    store(client, person, "I like green tea", metadata={person: 1})
    with product.http() as http:
        assert http.get("/v1/stats/").json()["total_memories"] >= 1
        values = http.get("/v1/entities/filters/").json()
        assert person in values["user_id"]
        assert person in values["metadata_keys"]
        answer = http.post("/generate-instructions", json={"use_case": "a running coach"})
        assert answer.json()["generated_by"] == "template"


@pytest.fixture(scope="module")
def wire() -> Iterator[OpenAIWire]:
    with OpenAIWire() as wire:
        yield wire


@pytest.fixture(scope="module")
def thinking(tmp_path_factory: pytest.TempPathFactory, wire: OpenAIWire) -> Iterator[Product]:
    """A product with a language model."""
    data = tmp_path_factory.mktemp("thinking") / "data"
    with running(data, OPENAI_BASE_URL=wire.url, OPENAI_API_KEY="sk-test", OPENAI_MODEL="gpt-test") as product:
        yield product


def test_with_a_language_model(thinking: Product, wire: OpenAIWire, person: str) -> None:
    answers: dict[str, dict[str, Any]] = {
        "export": {"full_name": "Ann Lee", "education_level": None, "years_experience": 8, "food": []},
        "profile": {"goals": [{"value": "run a marathon", "memories": [0]}]},
        "summary": {"summary": "Ann wants to run."},
    }
    wire.reply_with(lambda request: answers[request["response_format"]["json_schema"]["name"]])
    with httpx.Client() as http:
        client = MemoryClient(api_key=thinking.api_key, host=thinking.url, client=http)
        (memory,) = store(client, person, "I want to run a marathon")
        created = client.create_memory_export(schema=PROFESSIONAL, filters={"user_id": person})
        assert exported(client, created["id"]) == answers["export"]
        client.update_profile_settings(enabled=True, schema=GOALS)
        client.generate_profile(person)
        profile = settled(client, person)
        assert profile["profile"] == {"goals": ["run a marathon"]}
        assert profile["citations"] == {"goals": [[memory["id"]]]}
        assert client.get_summary(filters={"user_id": person})["summary"] == "Ann wants to run."
