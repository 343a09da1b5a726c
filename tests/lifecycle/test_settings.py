"""How long memories last is set on the project's page and by the API, by those who administer it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Project, User
from memories.lifecycle import Lifecycle, lifecycle_of
from tests.conftest import api_client
from tests.pages.markup import text_of

pytestmark = pytest.mark.django_db
PLAIN = {"capacity": "0", "promotion_heat": "5", "half_life_days": "30", "category_days": ""}


def page(project: Project) -> str:
    return f"/projects/{project.pk}/lifecycle/"


def call(project: Project) -> str:
    return f"/api/v1/orgs/organizations/{project.organization_id}/projects/{project.pk}/"


class TestPage:
    def test_what_is_chosen_is_kept_as_it_differs(self, alice_client: Client, alice_project: Project) -> None:
        lines = "health: 365\r\n\r\n旅行：14\r\nrole: admin: 7"
        sent = {**PLAIN, "days_session": "7", "category_days": lines, "capacity": "500", "decay": "on"}
        assert "The settings are saved." in text_of(alice_client.post(page(alice_project), sent, follow=True))
        alice_project.refresh_from_db()
        assert alice_project.decay
        assert alice_project.lifecycle == {
            "layer_days": {"session": 7},
            "category_days": {"health": 365, "旅行": 14, "role: admin": 7},
            "capacity": 500,
        }
        assert AuditEntry.objects.get(action="project.update").details["fields"] == ["decay", "lifecycle"]
        shown = text_of(alice_client.get(page(alice_project)))
        assert "旅行: 14" in shown
        assert 'value="500"' in shown
        alice_client.post(page(alice_project), PLAIN)
        alice_project.refresh_from_db()
        assert (alice_project.lifecycle, alice_project.decay) == ({}, False)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"days_session": "0"},
            {"days_user": "soon"},
            {"category_days": "health"},
            {"category_days": "health: 0"},
            {"category_days": f"{'x' * 101}: 3"},
            {"category_days": "\n".join(f"c{n}: 3" for n in range(201))},
            {"capacity": "-1"},
            {"promotion_heat": ""},
            {"half_life_days": "0"},
        ],
    )
    def test_what_says_nothing_is_refused(
        self, alice_client: Client, alice_project: Project, wrong: dict[str, str]
    ) -> None:
        response = alice_client.post(page(alice_project), {**PLAIN, "capacity": "7", **wrong})
        assert response.status_code == 422
        assert "is-invalid" in text_of(response)
        alice_project.refresh_from_db()
        assert alice_project.lifecycle == {}

    def test_the_team_sees_it_and_does_not_change_it(self, bob_client: Client, alice_project: Project) -> None:
        shown = text_of(bob_client.get(page(alice_project)))
        assert "Only owners and admins change these settings." in shown
        assert "disabled" in shown.split("<fieldset")[1].split(">")[0]
        assert bob_client.post(page(alice_project), PLAIN).status_code == 403


class TestApi:
    def test_settings_are_set_singly_and_read_back_whole(self, alice_api: APIClient, alice_project: Project) -> None:
        def patch(**body: Any) -> int:
            return alice_api.patch(call(alice_project), body).status_code

        assert patch(lifecycle={"layer_days": {"conversation": 1, "session": 7}}) == 200
        assert patch(lifecycle={"capacity": 99, "combine_layers": True}, decay=True) == 200
        expected = Lifecycle(layer_days={"conversation": 1, "session": 7}, capacity=99, combine_layers=True)
        shape = alice_api.get(call(alice_project)).json()
        assert (shape["lifecycle"], shape["decay"]) == (expected.as_dict(), True)
        assert patch(lifecycle={"layer_days": None}) == 200
        alice_project.refresh_from_db()
        assert lifecycle_of(alice_project) == Lifecycle(capacity=99, combine_layers=True)
        assert patch(lifecycle=None) == 200
        assert alice_api.get(call(alice_project)).json()["lifecycle"] == Lifecycle().as_dict()

    @pytest.mark.parametrize(
        ("wrong", "complaint"),
        [
            ({"layer_days": {"attic": 3}}, "There is no layer attic"),
            ({"layer_days": {"user": 0}}, "greater than or equal to 1"),
            ({"category_days": {" ": 3}}, "each with a name"),
            ({"category_days": {str(n): 3 for n in range(201)}}, "Up to 200 categories"),
            ({"ttl": 3}, "There is no setting ttl"),
            ({"half_life_days": 0}, "greater than or equal to 1"),
            ({"capacity": None}, "may not be null"),
        ],
    )
    def test_what_would_pass_for_a_setting_is_refused(
        self, alice_api: APIClient, alice_project: Project, wrong: dict[str, Any], complaint: str
    ) -> None:
        answer = alice_api.patch(call(alice_project), {"lifecycle": wrong})
        assert answer.status_code == 400
        assert complaint in answer.json()["detail"]

    def test_a_key_that_may_only_write_does_not_set_it(self, alice: User, alice_project: Project) -> None:
        key = api_client(alice, scope="write")
        assert key.patch(call(alice_project), {"lifecycle": {"capacity": 1}}).status_code == 403
