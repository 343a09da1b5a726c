"""Who may enter a project: seen, added, changed and removed by people."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.models import ApiKey, AuditEntry, Membership, Project, ProjectMembership, User
from tests.conftest import signed_in
from tests.pages.markup import text_of


@pytest.fixture
def path(alice_project: Project) -> str:
    return f"/projects/{alice_project.pk}/members/"


def add(client: Client, path: str, email: str, role: str = "member", reach: str = "organization"):
    return client.post(f"{path}add/", {"email": email, "role": role, "reach": reach}, follow=True)


def test_everybody_with_access_sees_who_has_it(
    path: str, alice_project: Project, alice_client: Client, bob_client: Client, charlie: User
) -> None:
    ProjectMembership.objects.create(project=alice_project, user=charlie, role="auditor")
    for client in (alice_client, bob_client, signed_in(charlie)):
        page = text_of(client.get(path))
        for email in ("alice@example.com", "bob@example.com", "charlie@example.com"):
            assert email in page


def test_adding_changing_and_removing(path: str, alice_project: Project, alice_client: Client, charlie: User) -> None:
    assert "charlie@example.com is a member now." in text_of(add(alice_client, path, "Charlie@example.com "))
    membership = Membership.objects.get(user=charlie, organization=alice_project.organization)
    row = f"{path}organization/{membership.pk}/"
    assert "is changed" in text_of(alice_client.post(f"{row}role/", {"role": "admin"}, follow=True))
    membership.refresh_from_db()
    assert membership.role == "admin"
    ApiKey.issue(project=alice_project, name="Charlie's", created_by=charlie)
    page = text_of(alice_client.post(f"{row}remove/", follow=True))
    assert "is no longer a member" in page
    assert "1 API key that they made still works" in page
    assert not Membership.objects.filter(pk=membership.pk).exists()
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["member.add", "member.update", "member.remove"]


def test_somebody_may_be_let_into_one_project_only(
    path: str, alice_project: Project, alice_client: Client, charlie: User
) -> None:
    add(alice_client, path, charlie.email, role="auditor", reach="project")
    assert ProjectMembership.objects.get(user=charlie).role == "auditor"
    assert not Membership.objects.filter(user=charlie, organization=alice_project.organization).exists()


@pytest.mark.parametrize(
    ("email", "role", "reach", "reason"),
    [
        ("nobody@example.com", "member", "organization", "sign up first"),
        ("bob@example.com", "member", "organization", "already"),
        ("bob@example.com", "auditor", "project", "includes this already"),
        ("nonsense", "member", "organization", "valid email"),
        ("charlie@example.com", "emperor", "organization", "emperor"),
        ("charlie@example.com", "member", "everywhere", "everywhere"),
    ],
)
def test_what_cannot_be_done_is_422_and_says_why(
    path: str, alice_client: Client, bob: User, charlie: User, email: str, role: str, reach: str, reason: str
) -> None:
    before = Membership.objects.count()
    answer = add(alice_client, path, email, role, reach)
    assert answer.status_code == 422
    assert reason in text_of(answer)
    assert (Membership.objects.count(), ProjectMembership.objects.count()) == (before, 0)


def test_the_last_owner_is_told_why_they_stay(
    path: str, alice: User, alice_project: Project, alice_client: Client
) -> None:
    membership = Membership.objects.get(user=alice, organization=alice_project.organization)
    for action, data in (("remove", {}), ("role", {"role": "member"})):
        page = text_of(alice_client.post(f"{path}organization/{membership.pk}/{action}/", data, follow=True))
        assert "An organization needs an owner." in page
    membership.refresh_from_db()
    assert membership.role == "owner"


def test_an_admin_cannot_touch_an_owner(
    path: str, alice: User, alice_project: Project, bob: User, bob_client: Client
) -> None:
    organization = alice_project.organization
    Membership.objects.filter(user=bob, organization=organization).update(role="admin")
    owner = Membership.objects.get(user=alice, organization=organization)
    answer = bob_client.post(f"{path}organization/{owner.pk}/remove/")
    assert answer.status_code == 403
    assert "Only an owner" in text_of(answer)
    assert bob_client.post(f"{path}organization/{owner.pk}/role/", {"role": "auditor"}).status_code == 403
    assert add(bob_client, path, "bob@example.com", "owner").status_code == 403
    owner.refresh_from_db()
    assert owner.role == "owner"


def test_a_member_changes_nobody_but_may_leave(
    path: str, alice_project: Project, bob: User, bob_client: Client
) -> None:
    page = text_of(bob_client.get(path))
    assert "Only owners and admins add and change members." in page
    mine = Membership.objects.get(user=bob, organization=alice_project.organization)
    forms = re.findall(rf'action="{path}([^"]+)"', page)
    assert forms == [f"organization/{mine.pk}/remove/"]
    assert bob_client.post(f"{path}organization/{mine.pk}/role/", {"role": "owner"}).status_code == 403
    answer = bob_client.post(f"{path}organization/{mine.pk}/remove/", follow=True)
    assert answer.redirect_chain[-1][0] == "/"
    assert answer.context["request"].project.organization == bob.organizations.get()


def test_an_owner_of_the_project_only_adds_to_the_project_only(
    path: str, alice_project: Project, charlie: User, bob: User
) -> None:
    ProjectMembership.objects.create(project=alice_project, user=charlie, role="owner")
    client = signed_in(charlie)
    new = User.objects.create_user("new@example.com")
    page = text_of(client.get(path))
    assert 'value="project"' in page
    assert 'value="organization"' not in page
    assert add(client, path, new.email, reach="organization").status_code == 403
    assert add(client, path, new.email, reach="project").status_code == 200
    assert ProjectMembership.objects.filter(user=new).exists()


def test_a_row_of_another_place_is_not_there(
    path: str, alice_client: Client, charlie: User, alice_project: Project
) -> None:
    elsewhere = Membership.objects.get(user=charlie)
    for reach in ("organization", "project", "nonsense"):
        assert alice_client.post(f"{path}{reach}/{elsewhere.pk}/remove/").status_code == 404
    assert Membership.objects.filter(pk=elsewhere.pk).exists()


def test_the_list_takes_the_same_queries_however_long(
    path: str, alice_client: Client, alice_project: Project, django_assert_max_num_queries
) -> None:
    for number in range(15):
        user = User.objects.create_user(f"user{number}@example.com")
        Membership.objects.create(organization=alice_project.organization, user=user)
    with django_assert_max_num_queries(15):
        alice_client.get(path)
