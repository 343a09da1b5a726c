"""Projects, their settings and their members."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.conformance.clients import PYTHON, Client, ClientError
from tests.conformance.test_memories import saying
from tests.product.running import Product

method = pytest.mark.method


@pytest.fixture(scope="session")
def email(product: Product) -> str:
    """Somebody who has an account."""
    email = f"{uuid.uuid4().hex[:8]}@example.com"
    product.manage("create_user", email)
    return email


@pytest.fixture
def second(client: Client, product: Product) -> Iterator[str]:
    """A project that the client has made, and which it means from then on."""
    made = client.call("project.create", name="Second", description="Not the first")
    # An app sets this attribute too: no version takes another project than its key's by its constructor.
    client.call("project.config.__setattr__", "project_id", made["project_id"])
    yield str(made["project_id"])
    client.call("project.config.__setattr__", "project_id", product.account["project_id"])


@method("get_project", "update_project")
def test_settings_of_the_keys_own_project(client: Client) -> None:
    wanted = {"custom_instructions": f"Said by {client.name}", "custom_categories": [{"food": "What one eats"}]}
    assert client.call("update_project", **wanted)["message"]
    # Settings that concern other tests' memories go back at once.
    settings = client.call("get_project", fields=list(wanted))
    client.call("update_project", custom_instructions="", custom_categories=[])
    assert {snake: settings[spelled] for snake, spelled in zip(wanted, settings, strict=True)} == wanted
    assert not any(client.call("get_project", fields=list(wanted)).values())


@method("project.create", "project.get", "project.update", "project.delete", only=PYTHON)
def test_a_project_from_its_making_to_its_end(client: Client, second: str) -> None:
    project = client.call("project.get")
    assert (project["project_id"], project["name"], project["description"]) == (second, "Second", "Not the first")
    categories = [{"lessons": "What was taught"}, {"宿題": "Homework"}]
    answer = client.call("project.update", custom_instructions="The course only", custom_categories=categories)
    assert answer["message"]
    kept = client.call("project.get", fields=["custom_instructions", "custom_categories"])
    assert kept == {"custom_instructions": "The course only", "custom_categories": categories}
    assert client.call("project.delete")["message"]
    with pytest.raises(ClientError, match=saying(client, "reach", "404 Not Found")):
        client.call("project.get")


@method("project.delete", only=PYTHON)
def test_the_default_project_stays(client: Client, product: Product) -> None:
    with pytest.raises(ClientError, match=saying(client, "default project", "409 Conflict")):
        client.call("project.delete")
    assert client.call("project.get")["project_id"] == product.account["project_id"]


@method("project.get_members", "project.add_member", "project.update_member", "project.remove_member", only=PYTHON)
def test_members_come_change_and_go(client: Client, second: str, email: str) -> None:
    def roles() -> dict[str, str]:
        return {member["username"]: member["role"] for member in client.call("project.get_members")["members"]}

    assert client.call("project.add_member", email, role="READER")["message"]
    assert roles()[email] == "READER"
    assert client.call("project.update_member", email, role="OWNER")["message"]
    assert roles()[email] == "OWNER"
    assert client.call("project.remove_member", email)["message"]
    assert email not in roles()
    with pytest.raises(ClientError, match=saying(client, "sign up first")):
        client.call("project.add_member", "nobody@example.com")
    client.call("project.delete")
