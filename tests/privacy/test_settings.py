"""What a project withholds is set on its page and by the API, by those who administer it."""

from __future__ import annotations

from typing import Any

from django.test import Client
from rest_framework.test import APIClient

from accounts.models import AuditEntry, Project, User
from memories.models import Event
from memories.privacy.kinds import DEFAULTS
from tests.conftest import Remember, api_client
from tests.pages.markup import text_of


def path(project: Project) -> str:
    return f"/api/v1/orgs/organizations/{project.organization_id}/projects/{project.pk}/"


class TestPage:
    def test_what_is_chosen_is_kept_as_it_differs(self, alice_client: Client, alice_project: Project) -> None:
        sent = {**DEFAULTS, "email": "refuse", "excluded_topics": "health: 病気\r\n\r\npolitics"}
        page = text_of(alice_client.post(f"/projects/{alice_project.pk}/privacy/", sent, follow=True))
        assert "The settings are saved." in page
        alice_project.refresh_from_db()
        assert alice_project.privacy == {"email": "refuse"}
        assert alice_project.excluded_topics == ["health: 病気", "politics"]
        assert AuditEntry.objects.get(action="project.update").details["fields"] == ["excluded_topics", "privacy"]

    def test_what_is_no_choice_is_said_and_nothing_kept(self, alice_client: Client, alice_project: Project) -> None:
        for wrong in ({"email": "eat"}, {"excluded_topics": "!!!"}):
            page = alice_client.post(f"/projects/{alice_project.pk}/privacy/", {**DEFAULTS, **wrong})
            assert page.status_code == 422
        assert "!!!" in text_of(page)
        alice_project.refresh_from_db()
        assert (alice_project.privacy, alice_project.excluded_topics) == ({}, [])

    def test_the_team_sees_it_and_does_not_change_it(self, bob_client: Client, alice_project: Project) -> None:
        page = bob_client.get(f"/projects/{alice_project.pk}/privacy/")
        assert "Only owners and admins change these settings." in text_of(page)
        assert "<fieldset" in page.content.decode()
        assert "disabled" in page.content.decode().split("<fieldset")[1].split(">")[0]
        assert bob_client.post(f"/projects/{alice_project.pk}/privacy/", DEFAULTS).status_code == 403

    def test_the_jobs_page_says_what_was_withheld_and_not_what_it_was(
        self, remember: Remember, alice_client: Client
    ) -> None:
        remember("My card is 4111111111111111 and my password is hunter2")
        page = text_of(alice_client.get(f"/jobs/{Event.objects.get().pk}/"))
        assert "Card numbers: 1 masked" in page
        assert "Passwords and PINs: 1 masked" in page
        assert "4111" not in page

    def test_the_jobs_page_of_an_incognito_conversation_has_nothing_to_show(
        self, alice_api: APIClient, alice_client: Client
    ) -> None:
        sent = {"messages": "I sing.", "user_id": "ann", "incognito": True}
        event_id = alice_api.post("/v3/memories/add/", sent).json()["event_id"]
        page = text_of(alice_client.get(f"/jobs/{event_id}/"))
        assert "the conversation was incognito" in page
        assert "Messages: 1 not kept (incognito)" in page
        assert "What was not read" not in page


class TestApi:
    def test_kinds_are_set_singly_and_read_back_whole(self, alice_api: APIClient, alice_project: Project) -> None:
        def patch(**body: Any) -> int:
            return alice_api.patch(path(alice_project), body).status_code

        assert patch(privacy={"email": "mask"}) == 200
        assert patch(privacy={"phone": "refuse"}, excluded_topics=["health"]) == 200
        shape = alice_api.get(path(alice_project)).json()
        assert shape["privacy"] == {**DEFAULTS, "email": "mask", "phone": "refuse"}
        assert shape["excluded_topics"] == ["health"]
        assert patch(privacy=None, excluded_topics=None) == 200
        shape = alice_api.get(path(alice_project)).json()
        assert (shape["privacy"], shape["excluded_topics"]) == (DEFAULTS, None)

    def test_a_kind_that_there_is_not_would_pass_for_protection(
        self, alice_api: APIClient, alice_project: Project
    ) -> None:
        for wrong in ({"privacy": {"pets": "mask"}}, {"privacy": {"email": "eat"}}, {"excluded_topics": ["…"]}):
            assert alice_api.patch(path(alice_project), wrong).status_code == 400

    def test_a_key_that_may_only_write_does_not_set_it(self, alice: User, alice_project: Project) -> None:
        key = api_client(alice, scope="write")
        assert key.patch(path(alice_project), {"privacy": {"card_number": "allow"}}).status_code == 403
