"""API keys: shown once, scoped, revoked for good."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import ApiKey, Project, User
from tests.pages.markup import text_of


@pytest.fixture
def key(alice: User, alice_project: Project) -> ApiKey:
    return ApiKey.issue(project=alice_project, name="Website", created_by=alice)[0]


def create(client: Client, **fields: str):
    return client.post("/keys/create/", {"name": "My app", "scope": "write", "end_user_name": "", **fields})


def test_a_newcomer_is_told_what_a_key_is_for(alice_client: Client) -> None:
    page = text_of(alice_client.get("/keys/"))
    assert "No keys yet" in page
    assert 'action="/keys/create/"' in page


def test_the_secret_is_shown_exactly_once(alice_client: Client, alice_project: Project) -> None:
    response = create(alice_client, end_user_name="ann")
    page = text_of(response)
    [secret] = re.findall(r'value="(mh_[0-9a-f]+_[0-9a-f]+)"', page)
    assert page.count(secret) == 1
    assert "no-store" in response["Cache-Control"]
    key = ApiKey.objects.get()
    assert (key.project, key.scope, key.end_user_name) == (alice_project, "write", "ann")
    assert secret not in key.digest
    listed = text_of(alice_client.get("/keys/"))
    assert key.prefix in listed
    assert secret not in listed


def test_the_key_that_was_shown_opens_the_api(alice_client: Client) -> None:
    [secret] = re.findall(r'value="(mh_[0-9a-f_]+)"', text_of(create(alice_client)))
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    assert api.get("/v1/ping/").status_code == 200
    alice_client.post(f"/keys/{ApiKey.objects.get().pk}/revoke/")
    assert api.get("/v1/ping/").status_code == 401


@pytest.mark.parametrize("fields", [{"name": ""}, {"scope": "everything"}, {"scope": ""}, {"name": "x" * 101}])
def test_a_form_that_is_not_right_is_422_and_makes_nothing(alice_client: Client, fields: dict[str, str]) -> None:
    response = create(alice_client, **fields)
    assert response.status_code == 422
    page = text_of(response)
    assert "errorlist" in page
    assert 'aria-invalid="true"' in page
    assert not ApiKey.objects.exists()


def test_revoking_asks_first_and_works_without_javascript(alice_client: Client, key: ApiKey) -> None:
    page = text_of(alice_client.get("/keys/"))
    assert re.search(rf'<details.*?<summary.*?<form[^>]*action="/keys/{key.pk}/revoke/".*?</details>', page, re.S)
    response = alice_client.post(f"/keys/{key.pk}/revoke/", follow=True)
    assert "no longer works" in text_of(response)
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert "Revoked" in text_of(alice_client.get("/keys/"))


def test_a_revoked_key_stays_revoked(alice_client: Client, key: ApiKey) -> None:
    key.revoke()
    assert alice_client.post(f"/keys/{key.pk}/revoke/").status_code == 404


def test_get_revokes_and_creates_nothing(alice_client: Client, key: ApiKey) -> None:
    assert alice_client.get(f"/keys/{key.pk}/revoke/").status_code == 405
    assert alice_client.get("/keys/create/").status_code == 405


def test_a_strangers_key_does_not_exist(charlie_client: Client, key: ApiKey) -> None:
    assert charlie_client.post(f"/keys/{key.pk}/revoke/").status_code == 404
    key.refresh_from_db()
    assert key.revoked_at is None
    assert key.prefix not in text_of(charlie_client.get("/keys/"))


def test_keys_of_another_project_are_not_mixed_in(alice_client: Client, alice: User, alice_project: Project) -> None:
    other = Project.objects.create(organization=alice_project.organization, name="Other")
    key, _secret = ApiKey.issue(project=other, name="Elsewhere", created_by=alice)
    assert "Elsewhere" not in text_of(alice_client.get("/keys/"))
    assert alice_client.post(f"/keys/{key.pk}/revoke/").status_code == 404


def test_a_team_mate_may_make_keys(bob_client: Client, alice_project: Project) -> None:
    create(bob_client)
    assert ApiKey.objects.get().project == alice_project


def test_an_auditor_reads_and_is_told_why_not_more(auditor_client: Client, key: ApiKey) -> None:
    page = text_of(auditor_client.get("/keys/"))
    assert key.prefix in page
    assert "<form" not in page.partition('id="content"')[2]
    for response in (create(auditor_client), auditor_client.post(f"/keys/{key.pk}/revoke/")):
        assert response.status_code == 403
        assert "auditor" in text_of(response)
    assert ApiKey.objects.active().count() == 1


def test_names_are_shown_as_text(alice_client: Client, alice: User, alice_project: Project) -> None:
    ApiKey.issue(project=alice_project, name="<script>alert(1)</script>", created_by=alice, end_user_name="<b>")
    page = text_of(alice_client.get("/keys/"))
    assert "&lt;script&gt;" in page


def test_the_list_takes_the_same_queries_however_long(
    alice_client: Client, alice: User, alice_project: Project, django_assert_max_num_queries
) -> None:
    for number in range(20):
        ApiKey.issue(project=alice_project, name=f"key {number}", created_by=alice)
    with django_assert_max_num_queries(9):
        alice_client.get("/keys/")
