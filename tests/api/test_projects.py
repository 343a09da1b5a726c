"""Projects over HTTP: their settings, who may change them, and what goes when one is deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from rest_framework.test import APIClient

from accounts.models import ApiKey, AuditEntry, Membership, Project, User
from accounts.models.tenancy import Role
from accounts.services.keys import issue_key
from memories.models import Memory
from tests.conftest import Remember, api_client

ORGANIZATIONS = "/api/v1/orgs/organizations/"
KEYS = {
    "project_id", "name", "description", "created_at", "updated_at", "members", "usecase", "memory_depth",
    "inclusion_prompt", "exclusion_prompt", "custom_categories", "custom_instructions", "agent_custom_instructions",
    "update_custom_instructions", "summary_custom_instructions", "summary_batch_size", "summary_max_tokens",
    "expiration_date", "enable_graph", "multilingual", "version", "is_default", "active_prompt_profile", "decay",
    "user_role",
}  # fmt: skip
SETTINGS = {
    "name": "Tutor",
    "description": "For the course",
    "custom_instructions": "Keep what concerns the course.",
    "agent_custom_instructions": "Keep what the agent promised.",
    "inclusion_prompt": "exam dates",
    "exclusion_prompt": "phone numbers",
    "memory_depth": "only essentials",
    "usecase_setting": "A tutor",
    "custom_categories": [{"lessons": "What was taught"}, {"宿題": ""}],
    "retrieval_criteria": [{"name": "joy", "description": "joyful", "weight": 2}],
    "version": "v2",
    "decay": True,
    "multilingual": True,
    "enable_graph": False,
}


def url(project: Project, rest: str = "") -> str:
    return f"{ORGANIZATIONS}{project.organization_id}/projects/{project.pk}/{rest}"


def key_to(project: Project, user: User, **limits: Any) -> APIClient:
    _key, secret = ApiKey.issue(project=project, name="k", created_by=user, **limits)
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    client.default_format = "json"
    return client


def with_role(user: User, project: Project, role: str) -> User:
    Membership.objects.update_or_create(organization=project.organization, user=user, defaults={"role": role})
    return user


@pytest.fixture
def spare(alice_project: Project) -> Project:
    return Project.objects.create(organization=alice_project.organization, name="Spare")


class TestReading:
    def test_a_new_project_answers_every_key(self, alice_api: APIClient, alice_project: Project) -> None:
        shape = alice_api.get(url(alice_project)).json()
        assert set(shape) >= KEYS
        assert shape["members"] == [{"username": "alice@example.com", "email": "alice@example.com", "role": "OWNER"}]
        assert (shape["user_role"], shape["is_default"], shape["multilingual"]) == ("OWNER", True, True)
        assert shape["custom_instructions"] is None

    @pytest.mark.parametrize(
        "query", ["?fields=custom_categories&fields=nonsense", "?fields=custom_categories,nonsense"]
    )
    def test_fields_are_those_asked_for_even_if_null(
        self, alice_api: APIClient, alice_project: Project, query: str
    ) -> None:
        assert alice_api.get(url(alice_project) + query).json() == {"custom_categories": None, "nonsense": None}

    def test_what_is_no_id_is_400_and_what_is_unknown_404(self, alice_api: APIClient, alice_project: Project) -> None:
        unknown = "00000000-0000-4000-8000-000000000000"
        for path, status in [
            (f"{ORGANIZATIONS}nonsense/", 400),
            (f"{ORGANIZATIONS}{unknown}/", 404),
            (f"{ORGANIZATIONS}{alice_project.organization_id}/projects/nonsense/", 400),
            (f"{ORGANIZATIONS}{alice_project.organization_id}/projects/{unknown}/", 404),
        ]:
            answer = alice_api.get(path)
            assert answer.status_code == status
            assert answer.json()["detail"]

    def test_the_organization_in_the_path_must_be_the_projects(
        self, alice_api: APIClient, alice_project: Project, charlie: User
    ) -> None:
        elsewhere = charlie.organizations.get().pk
        assert alice_api.get(f"{ORGANIZATIONS}{elsewhere}/projects/{alice_project.pk}/").status_code == 404

    def test_only_the_default_projects_admin_key_sees_the_others(
        self, alice: User, alice_project: Project, spare: Project
    ) -> None:
        listing = f"{ORGANIZATIONS}{alice_project.organization_id}/projects/"
        seen = {
            name: [project["name"] for project in client.get(listing).json()]
            for name, client in {
                "admin": key_to(alice_project, alice),
                "write": key_to(alice_project, alice, scope="write"),
                "spare": key_to(spare, alice),
            }.items()
        }
        assert seen == {"admin": ["Default", "Spare"], "write": ["Default"], "spare": ["Spare"]}
        assert key_to(spare, alice).get(url(alice_project)).status_code == 404
        assert key_to(alice_project, alice).get(url(spare)).status_code == 200

    def test_an_organizations_key_still_reads_no_memories_of_other_projects(
        self, alice_api: APIClient, spare: Project, remember: Remember
    ) -> None:
        memory = remember("Elsewhere", project=spare)
        assert alice_api.get(f"/v1/memories/{memory.pk}/").status_code == 404
        assert alice_api.post("/v3/memories/", {"filters": {"user_id": "*"}}).json()["count"] == 0


class TestChanging:
    def test_settings_come_back_as_they_were_sent(self, alice_api: APIClient, alice_project: Project) -> None:
        answer = alice_api.patch(url(alice_project), SETTINGS).json()
        assert answer["message"]
        assert [text.split()[0] for text in answer["warnings"]] == ["retrieval_criteria", "version"]
        shape = alice_api.get(url(alice_project)).json()
        assert {name: shape[name] for name in SETTINGS} == SETTINGS
        assert shape["usecase"] == "A tutor"

    def test_what_is_left_out_stays_and_null_clears(self, alice_api: APIClient, alice_project: Project) -> None:
        alice_api.patch(url(alice_project), SETTINGS)
        cleared = {"custom_categories": None, "custom_instructions": None, "decay": None, "description": ""}
        assert alice_api.patch(url(alice_project), cleared).status_code == 200
        shape = alice_api.get(url(alice_project)).json()
        assert [shape[name] for name in cleared] == [None, None, False, None]
        assert shape["exclusion_prompt"] == "phone numbers"

    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            ({}, "nothing to change"),
            ({"org_id": "x", "project_id": "y", "unknown": 1}, "nothing to change"),
            ({"enable_graph": True}, "no graph"),
            ({"multilingual": False}, "language"),
            ({"summary_max_tokens": 10}, "Summaries"),
            ({"active_prompt_profile": "x", "custom_instructions": "kept out too"}, "custom_instructions"),
            ({"custom_categories": ["food"]}, "Each category"),
            ({"custom_categories": [{}]}, "Each category"),
            ({"custom_categories": [{"food": 1}]}, "Each category"),
            ({"custom_categories": [{" ": "x"}]}, "1 to 100"),
            ({"custom_categories": {"food": "x"}}, "list"),
            ({"version": "v9"}, "v9"),
            ({"name": ""}, "name"),
            ({"custom_instructions": "x" * 20_001}, "20000"),
        ],
    )
    def test_what_cannot_be_done_is_400_and_says_why(
        self, alice_api: APIClient, alice_project: Project, body: dict[str, Any], reason: str
    ) -> None:
        before = Project.objects.values().get(pk=alice_project.pk)
        answer = alice_api.patch(url(alice_project), body)
        assert answer.status_code == 400
        assert reason in answer.json()["detail"]
        assert Project.objects.values().get(pk=alice_project.pk) == before

    @pytest.mark.parametrize("role", Role.values)
    def test_a_key_may_no_more_than_who_made_it(self, alice_project: Project, bob: User, role: str) -> None:
        client = key_to(alice_project, with_role(bob, alice_project, role))
        may = role in ("owner", "admin")
        assert client.patch(url(alice_project), {"memory_depth": "deep"}).status_code == (200 if may else 403)
        listing = f"{ORGANIZATIONS}{alice_project.organization_id}/projects/"
        assert client.post(listing, {"name": "New"}).status_code == (201 if may else 403)
        Membership.objects.filter(user=bob, organization=alice_project.organization).delete()
        answer = client.patch(url(alice_project), {"memory_depth": "deeper"})
        assert answer.status_code == 403
        assert "no longer" in answer.json()["detail"]

    @pytest.mark.parametrize("scope", ["read", "write"])
    def test_a_smaller_scope_changes_nothing(self, alice_project: Project, alice: User, scope: str) -> None:
        client = key_to(alice_project, alice, scope=scope)
        assert client.patch(url(alice_project), {"memory_depth": "deep"}).status_code == 403

    def test_a_further_projects_key_administers_that_project_only(
        self, alice: User, alice_project: Project, spare: Project
    ) -> None:
        client = key_to(spare, alice)
        assert client.patch(url(spare), {"memory_depth": "deep"}).status_code == 200
        assert client.patch(url(alice_project), {"memory_depth": "deep"}).status_code == 404
        organization = f"{ORGANIZATIONS}{spare.organization_id}/"
        assert client.post(f"{organization}projects/", {"name": "New"}).status_code == 403
        assert client.patch(organization, {"name": "New"}).status_code == 403
        members = client.post(f"{organization}members/", {"email": "alice@example.com", "role": "OWNER"})
        assert members.status_code == 403


class TestMakingAndDeleting:
    def test_a_project_is_made_and_noted(self, alice_api: APIClient, alice_project: Project) -> None:
        listing = f"{ORGANIZATIONS}{alice_project.organization_id}/projects/"
        answer = alice_api.post(listing, {"name": "Second", "description": "d"})
        project = Project.objects.get(pk=answer.json()["project_id"])
        assert (project.name, project.is_default, project.organization) == (
            "Second", False, alice_project.organization,
        )  # fmt: skip
        assert AuditEntry.objects.get(action="project.create", project=project).actor.startswith("test (mh_")

    def test_everything_in_it_goes_and_nothing_else(
        self, alice_api: APIClient, alice: User, alice_project: Project, spare: Project, remember: Remember
    ) -> None:
        kept = remember("I stay", user_id="ann")
        remember("I go", user_id="ann", project=spare, agent_id="a", app_id="b", run_id="c")
        issue_key(project=spare, name="gone", created_by=alice)
        client = key_to(spare, alice)
        client.post("/v3/memories/search/", {"query": "go", "filters": {"user_id": "ann"}})
        assert client.delete(url(spare)).json() == {"message": "Project deleted successfully"}
        models = [model for app in ("accounts", "memories") for model in apps.get_app_config(app).get_models()]
        for model in models:
            if any(field.name == "project" for field in model._meta.get_fields()):
                assert not model._default_manager.filter(project=spare.pk).exists(), model
        assert list(Memory.objects.all()) == [kept]
        assert client.get("/v1/ping/").status_code == 401
        entry = AuditEntry.objects.get(action="project.delete")
        assert (entry.organization, entry.object_id) == (alice_project.organization, str(spare.pk))

    def test_the_default_project_stays(self, alice_api: APIClient, alice_project: Project, remember: Remember) -> None:
        remember("I stay")
        answer = alice_api.delete(url(alice_project))
        assert (answer.status_code, answer.json()["code"]) == (409, "refused")
        assert Memory.objects.count() == 1

    def test_the_organization_can_be_renamed_but_neither_made_nor_deleted(
        self, alice_api: APIClient, alice_project: Project
    ) -> None:
        organization = f"{ORGANIZATIONS}{alice_project.organization_id}/"
        assert alice_api.patch(organization, {"name": "Alice & Co"}).status_code == 200
        assert [row["name"] for row in alice_api.get(ORGANIZATIONS).json()] == ["Alice & Co"]
        assert alice_api.post(ORGANIZATIONS, {"name": "x"}).status_code == 403
        assert "Nothing was deleted" in alice_api.delete(organization).json()["detail"]
        assert AuditEntry.objects.get(action="organization.update").organization == alice_project.organization


def test_a_key_that_is_limited_to_one_person_sees_no_settings(alice: User, alice_project: Project) -> None:
    limited = api_client(alice, end_user_name="ann")
    assert limited.get(url(alice_project)).status_code == 404
    assert limited.get(ORGANIZATIONS).json() == []


def test_what_is_done_to_keys_and_settings_is_noted_without_content(
    alice_api: APIClient, alice: User, alice_project: Project
) -> None:
    issue_key(project=alice_project, name="Secret name", created_by=alice, end_user_name="ann")
    alice_api.patch(url(alice_project), {"custom_instructions": "Secret words", "name": "Default"})
    entries = AuditEntry.objects.filter(project=alice_project).order_by("id")
    assert [(entry.action, entry.actor.split()[0]) for entry in entries] == [
        ("key.create", "alice@example.com"),
        ("project.update", "test"),
    ]
    assert entries[1].details == {"fields": ["custom_instructions"]}
    assert "Secret" not in str(list(entries.values()))
