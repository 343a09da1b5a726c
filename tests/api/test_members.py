"""Members over HTTP: who may add, change and remove whom."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiKey, AuditEntry, Membership, Project, ProjectMembership, User
from accounts.principal import Principal
from tests.api.test_projects import ORGANIZATIONS, key_to, url, with_role
from tests.conftest import Remember, signed_in

CHARLIE = "charlie@example.com"


@pytest.fixture
def organization(alice_project: Project) -> str:
    return f"{ORGANIZATIONS}{alice_project.organization_id}/members/"


@pytest.fixture
def members(alice_project: Project) -> str:
    return url(alice_project, "members/")


def roles(client: APIClient, path: str) -> dict[str, str]:
    return {member["email"].split("@")[0]: member["role"] for member in client.get(path).json()["members"]}


def sees(user: User, project: Project) -> bool:
    return Project.objects.for_principal(Principal(user=user)).filter(pk=project.pk).exists()


@pytest.mark.parametrize("wire", ["READER", "reader", "AUDITOR", "auditor", None])
def test_who_is_added_as_a_reader_reads_this_project_only(
    alice_api: APIClient, alice_project: Project, members: str, charlie: User, remember: Remember, wire: str | None
) -> None:
    other = Project.objects.create(organization=alice_project.organization, name="Other")
    memory = remember("I like tea")
    answer = alice_api.post(members, {"email": "Charlie@Example.com", **({"role": wire} if wire else {})})
    assert answer.status_code == 201
    assert roles(alice_api, members) == {"alice": "OWNER", "charlie": "READER"}
    assert sees(charlie, alice_project)
    assert not sees(charlie, other)
    client = signed_in(charlie)
    client.post(f"/projects/{alice_project.pk}/select/")
    assert client.get(f"/memories/{memory.pk}/").status_code == 200
    assert client.post(f"/memories/{memory.pk}/delete/").status_code == 403
    assert client.get("/keys/").status_code == 200


def test_a_members_role_is_changed_and_taken_away(
    alice_api: APIClient, alice_project: Project, members: str, charlie: User
) -> None:
    alice_api.post(members, {"email": CHARLIE, "role": "READER"})
    assert alice_api.put(members, {"email": CHARLIE, "role": "OWNER"}).json()["message"]
    assert roles(alice_api, members)["charlie"] == "OWNER"
    ApiKey.issue(project=alice_project, name="Charlie's", created_by=charlie)
    assert alice_api.delete(f"{members}?email={CHARLIE}").json()["active_keys"] == 1
    assert roles(alice_api, members) == {"alice": "OWNER"}
    assert not sees(charlie, alice_project)
    noted = AuditEntry.objects.filter(object_id=str(charlie.pk), project=alice_project).order_by("id")
    assert [(entry.action, entry.details["role"]) for entry in noted] == [
        ("member.add", "auditor"),
        ("member.update", "owner"),
        ("member.remove", "owner"),
    ]


@pytest.mark.parametrize("role", ["OWNER", "ADMIN", "MEMBER", "READER"])
def test_a_member_of_the_organization_enters_all_its_projects(
    alice_api: APIClient, alice_project: Project, organization: str, members: str, charlie: User, role: str
) -> None:
    other = Project.objects.create(organization=alice_project.organization, name="Other")
    alice_api.post(organization, {"email": CHARLIE, "role": role})
    assert roles(alice_api, organization)["charlie"] == roles(alice_api, members)["charlie"] == role
    assert sees(charlie, other)


@pytest.mark.parametrize(
    ("method", "body", "status", "reason"),
    [
        ("post", {"email": "nobody@example.com", "role": "READER"}, 400, "sign up first"),
        ("post", {"email": "not an address", "role": "READER"}, 400, "email"),
        ("post", {"email": CHARLIE, "role": "EMPEROR"}, 400, "Roles: OWNER"),
        ("post", {"email": "bob@example.com", "role": "READER"}, 409, "already"),
        ("put", {"email": CHARLIE, "role": "READER"}, 404, "not a member"),
        ("put", {"email": CHARLIE}, 400, "role"),
        ("delete", None, 400, "email"),
    ],
)
def test_what_cannot_be_done_says_why(
    alice_api: APIClient, members: str, bob: User, charlie: User, method: str, body: Any, status: int, reason: str
) -> None:
    answer = getattr(alice_api, method)(members, body)
    assert answer.status_code == status
    assert reason in answer.json()["detail"]
    assert roles(alice_api, members) == {"alice": "OWNER", "bob": "MEMBER"}


@pytest.mark.parametrize("method", ["put", "delete"])
def test_an_organizations_member_is_not_changed_through_a_project(
    alice_api: APIClient, members: str, bob: User, method: str
) -> None:
    path = members if method == "put" else f"{members}?email=bob@example.com"
    answer = getattr(alice_api, method)(path, {"email": "bob@example.com", "role": "READER"})
    assert answer.status_code == 409
    assert "whole organization" in answer.json()["detail"]
    assert roles(alice_api, members)["bob"] == "MEMBER"


def test_a_role_in_a_project_adds_to_that_in_the_organization(
    alice_api: APIClient, alice_project: Project, members: str, organization: str, auditor: User
) -> None:
    assert alice_api.post(members, {"email": auditor.email, "role": "MEMBER"}).status_code == 201
    assert roles(alice_api, members)["auditor"] == "MEMBER"
    assert roles(alice_api, organization)["auditor"] == "READER"
    assert Project.objects.writable_by(Principal(user=auditor)).get() == alice_project


def test_the_last_owner_neither_goes_nor_steps_down(
    alice_api: APIClient, alice: User, alice_project: Project, organization: str, bob: User
) -> None:
    for answer in (
        alice_api.delete(f"{organization}?email={alice.email}"),
        alice_api.put(organization, {"email": alice.email, "role": "ADMIN"}),
    ):
        assert answer.status_code == 409
        assert "owner" in answer.json()["detail"]
    with_role(bob, alice_project, "owner")
    assert alice_api.delete(f"{organization}?email={alice.email}").status_code == 200
    assert list(Membership.objects.filter(organization=alice_project.organization)) == [bob.memberships.last()]


def test_an_owner_who_cannot_sign_in_is_no_owner_to_rely_on(
    alice_api: APIClient, alice: User, alice_project: Project, organization: str, bob: User
) -> None:
    with_role(bob, alice_project, "owner")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert alice_api.delete(f"{organization}?email={alice.email}").status_code == 409


@pytest.mark.parametrize("place", ["organization", "project"])
def test_an_admin_looks_after_all_but_owners(
    alice_project: Project, organization: str, members: str, bob: User, charlie: User, place: str
) -> None:
    path = organization if place == "organization" else members
    admin = key_to(alice_project, with_role(bob, alice_project, "admin"))
    assert admin.post(path, {"email": CHARLIE, "role": "OWNER"}).status_code == 403
    assert admin.post(path, {"email": CHARLIE, "role": "ADMIN"}).status_code == 201
    assert admin.put(path, {"email": CHARLIE, "role": "OWNER"}).status_code == 403
    assert admin.put(organization, {"email": "alice@example.com", "role": "READER"}).status_code == 403
    assert admin.delete(f"{organization}?email=alice@example.com").status_code == 403
    assert admin.delete(f"{path}?email={CHARLIE}").status_code == 200


def test_an_owner_of_one_project_does_not_rule_the_organization(
    alice_project: Project, organization: str, members: str, charlie: User, bob: User
) -> None:
    ProjectMembership.objects.create(project=alice_project, user=charlie, role="owner")
    client = key_to(alice_project, charlie)
    new = User.objects.create_user("new@example.com")
    assert client.post(members, {"email": new.email, "role": "OWNER"}).status_code == 201
    assert client.post(organization, {"email": new.email, "role": "READER"}).status_code == 403
    assert client.delete(f"{organization}?email={bob.email}").status_code == 403
    listing = f"{ORGANIZATIONS}{alice_project.organization_id}/projects/"
    assert client.post(listing, {"name": "New"}).status_code == 403
