"""Projects and members through the unmodified `mem0ai` 2.2.1 against the running product."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator

import httpx
import pytest
from mem0 import AsyncMemoryClient, MemoryClient
from mem0.client.types import ProjectUpdateOptions
from mem0.exceptions import AuthenticationError, MemoryNotFoundError, ValidationError

from tests.product.running import Product, eventually


@pytest.fixture
def email(product: Product) -> str:
    """Somebody who has an account."""
    email = f"{uuid.uuid4().hex[:8]}@example.com"
    product.manage("create_user", email)
    return email


@pytest.fixture
def second(client: MemoryClient, product: Product) -> Iterator[MemoryClient]:
    """A client of a new project, made by the first one's client."""
    made = client.project.create(name="Second", description="Not the first")
    key = product.manage("create_api_key", product.account["email"], "--project", made["project_id"])
    second = MemoryClient(api_key=key, host=product.url)
    assert second.project.project_id == made["project_id"]
    yield second
    second.client.close()


def test_settings_are_kept_and_fields_chosen(second: MemoryClient) -> None:
    categories = [{"lessons": "What was taught"}, {"宿題": "Homework"}]
    answer = second.project.update(
        custom_instructions="Keep what concerns the course.",
        custom_categories=categories,
        agent_custom_instructions="Keep promises.",
        decay=True,
        multilingual=True,
    )
    assert answer["message"]
    project = second.project.get()
    assert (project["name"], project["description"]) == ("Second", "Not the first")
    assert (project["custom_categories"], project["decay"], project["user_role"]) == (categories, True, "OWNER")
    fields = ["custom_instructions", "agent_custom_instructions", "retrieval_criteria"]
    assert second.project.get(fields=fields) == {
        "custom_instructions": "Keep what concerns the course.",
        "agent_custom_instructions": "Keep promises.",
        "retrieval_criteria": None,
    }


def test_the_older_calls_do_the_same(second: MemoryClient) -> None:
    second.update_project(custom_instructions="Old way", memory_depth="deep", usecase_setting="A tutor")
    second.update_project(options=ProjectUpdateOptions(custom_categories=[{"food": "Meals"}]))
    fields = ["custom_instructions", "memory_depth", "usecase_setting", "custom_categories"]
    assert list(second.get_project(fields=fields).values()) == ["Old way", "deep", "A tutor", [{"food": "Meals"}]]


def test_the_projects_categories_reach_its_memories(second: MemoryClient, person: str) -> None:
    second.project.update(custom_categories=[{"food": "Meals"}])
    second.add("I love fresh bread on Sundays.", user_id=person)
    (memory,) = eventually(lambda: second.get_all(filters={"user_id": person})["results"])
    assert memory["categories"] == ["food"]


def test_members_come_change_and_go(second: MemoryClient, email: str) -> None:
    assert second.project.add_member(email, role="READER")["message"]
    roles = {member["username"]: member["role"] for member in second.project.get_members()["members"]}
    assert roles[email] == "READER"
    second.project.update_member(email, role="OWNER")
    assert email in [m["email"] for m in second.project.get()["members"] if m["role"] == "OWNER"]
    assert second.project.remove_member(email)["message"]
    assert email not in str(second.project.get_members())


def test_members_of_one_project_are_not_members_of_another(
    client: MemoryClient, second: MemoryClient, email: str
) -> None:
    second.project.add_member(email)
    assert email not in str(client.project.get_members())


def test_errors_are_the_clients_own(client: MemoryClient, second: MemoryClient, product: Product, email: str) -> None:
    with pytest.raises(ValidationError, match="sign up first"):
        client.project.add_member("nobody@example.com")
    with pytest.raises(MemoryNotFoundError, match="not a member"):
        client.project.remove_member(email)
    with pytest.raises(ValidationError, match="Each category"):
        client.project.update(custom_categories=["food"])
    with pytest.raises(ValidationError, match="default project"):
        client.project.delete()
    with pytest.raises(ValidationError, match="whole organization"):
        client.project.remove_member(product.account["email"])
    with pytest.raises(AuthenticationError, match="API key may not"):
        second.project.create(name="Third")
    second.project.config.project_id = client.project.project_id
    with pytest.raises(MemoryNotFoundError, match="reach"):
        second.project.get()


def test_a_deleted_project_is_gone_with_its_memories_and_keys(second: MemoryClient, product: Product) -> None:
    second.add("I go", user_id="ann", infer=False)
    assert second.project.delete()["message"]
    with pytest.raises(AuthenticationError):
        second.get_all(filters={"user_id": "ann"})
    with httpx.Client() as http, pytest.raises(ValueError, match="not valid"):
        MemoryClient(api_key=second.api_key, host=product.url, client=http)


def test_the_async_client_does_the_same(product: Product, email: str) -> None:
    async def scenario() -> None:
        async with AsyncMemoryClient(api_key=product.api_key, host=product.url) as client:
            project = client.project
            await project.update(custom_instructions="Async")
            assert await project.get(fields=["custom_instructions"]) == {"custom_instructions": "Async"}
            await project.add_member(email)
            await project.update_member(email, role="OWNER")
            assert email in str(await project.get_members())
            await project.remove_member(email)
            created = await project.create(name="Third")
            project.config.project_id = created["project_id"]
            assert (await project.get())["name"] == "Third"
            await project.delete()
            with pytest.raises(MemoryNotFoundError):
                await project.get()

    asyncio.run(scenario())
