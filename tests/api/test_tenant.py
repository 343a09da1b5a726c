"""A call that says where it acts, as mem0's clients before 2.0 do, acts there or not at all."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from rest_framework.test import APIClient

from accounts.models import Project
from memories.models import Event, KeyedCall, Memory
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
ANN = {"user_id": "ann"}
# What those clients put both ids into: the body of what posts, the query of the rest.
IN_BODY = [
    ("/v1/memories/", {"messages": "I sing.", **ANN}),
    ("/v3/memories/add/", {"messages": "I sing.", **ANN}),
    ("/v2/memories/", {"filters": ANN}),
    ("/v2/memories/search/", {"query": "tea", "filters": ANN}),
    ("/v1/exports/", {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}, "filters": ANN}),
]
IN_QUERY = [
    ("get", "/v1/memories/?user_id=ann"),
    ("delete", "/v1/memories/?user_id=ann"),
    ("get", "/v1/entities/?page=1"),
    ("delete", "/v2/entities/user/ann/?x=1"),
]


def tenant(project: Project, **other: Any) -> dict[str, str]:
    return {"org_id": str(project.organization_id), "project_id": str(project.pk), **other}


def query(of: dict[str, str]) -> str:
    return "".join(f"&{name}={value}" for name, value in of.items())


@pytest.mark.parametrize(("path", "body"), IN_BODY)
def test_its_own_project_is_accepted(
    alice_api: APIClient, alice_project: Project, remember: Remember, path: str, body: dict[str, Any]
) -> None:
    remember("I like tea")
    assert alice_api.post(path, {**body, **tenant(alice_project)}).status_code in (200, 201)
    upper = {name: value.upper() for name, value in tenant(alice_project).items()}
    assert alice_api.post(path, {**body, **upper}).status_code in (200, 201)


@pytest.mark.parametrize(("method", "url"), IN_QUERY)
def test_also_in_the_query(
    alice_api: APIClient, alice_project: Project, remember: Remember, method: str, url: str
) -> None:
    remember("I like tea")
    assert getattr(alice_api, method)(url + query(tenant(alice_project))).status_code == 200


@pytest.mark.parametrize("name", ["org_id", "project_id"])
@pytest.mark.parametrize("elsewhere", [str(uuid4()), "my-project", 7])
def test_another_is_refused_and_nothing_is_done(
    alice_api: APIClient, alice_project: Project, remember: Remember, name: str, elsewhere: Any
) -> None:
    remember("I like tea")
    events = Event.objects.count()
    given = tenant(alice_project, **{name: elsewhere})
    for path, body in IN_BODY:
        answer = alice_api.post(path, {**body, **given}, headers={"Idempotency-Key": "k"})
        assert answer.status_code == 403, path
        assert f"{name} is {tenant(alice_project)[name]}" in answer.json()["detail"]
    for method, url in IN_QUERY:
        assert getattr(alice_api, method)(url + query(given)).status_code == 403, url
    assert Event.objects.count() == events
    assert Memory.objects.get().state == "active"
    assert not KeyedCall.objects.exists(), "a corrected call may use the key"


def test_a_strangers_project_is_refused_like_one_that_is_not_there(
    alice_api: APIClient, charlie_api: APIClient, alice_project: Project
) -> None:
    there = charlie_api.post("/v2/memories/", {"filters": ANN, **tenant(alice_project)})
    missing = charlie_api.post("/v2/memories/", {"filters": ANN, "project_id": str(uuid4())})
    assert there.status_code == missing.status_code == 403
    assert alice_project.name not in there.content.decode()


def test_where_the_path_says_it_the_rest_is_idle(alice_api: APIClient, alice_project: Project) -> None:
    path = f"/api/v1/orgs/organizations/{alice_project.organization_id}/projects/{alice_project.pk}/"
    assert alice_api.patch(path, {"description": "Notes", **tenant(alice_project)}).status_code == 200
