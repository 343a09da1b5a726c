"""Project settings, a new project, and the end of one, for people."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry, Membership, Project, User
from memories.models import Memory
from tests.conftest import Remember, signed_in
from tests.pages.markup import text_of


@pytest.fixture
def spare(alice_project: Project) -> Project:
    return Project.objects.create(organization=alice_project.organization, name="Spare & Co")


def settings_of(project: Project, **changed: str) -> dict[str, str]:
    """What the browser would send back of the settings form."""
    blank = dict.fromkeys(
        ["description", "usecase", "custom_instructions", "agent_custom_instructions", "inclusion_prompt",
         "exclusion_prompt", "memory_depth", "categories"], ""
    )  # fmt: skip
    return {"name": project.name, **blank, **changed}


class TestSettings:
    def test_what_is_typed_is_kept_and_shown(self, alice_client: Client, alice_project: Project) -> None:
        path = f"/projects/{alice_project.pk}/"
        typed = settings_of(
            alice_project,
            name="Tutor",
            custom_instructions="Keep exams.\r\nNothing else.",
            exclusion_prompt="<b>phones</b>",
            categories="lessons: What was taught\r\n\r\n宿題：家でやること\r\nplain",
        )
        page = text_of(alice_client.post(path, typed, follow=True))
        assert "The settings are saved." in page
        assert "&lt;b&gt;phones&lt;/b&gt;" in page
        alice_project.refresh_from_db()
        assert (alice_project.name, alice_project.custom_instructions) == ("Tutor", "Keep exams.\nNothing else.")
        assert alice_project.custom_categories == [
            {"lessons": "What was taught"},
            {"宿題": "家でやること"},
            {"plain": ""},
        ]
        entry = AuditEntry.objects.get(action="project.update")
        assert (entry.actor, "name" in entry.details["fields"]) == ("alice@example.com", True)

    def test_saving_unchanged_changes_nothing_an_app_has_set(
        self, alice_client: Client, alice_project: Project
    ) -> None:
        categories = [{"a: b": "one\ntwo", "c": "x"}]
        Project.objects.filter(pk=alice_project.pk).update(custom_categories=categories, custom_instructions="a\nb")
        page = alice_client.get(f"/projects/{alice_project.pk}/")
        form = page.context["form"]
        sent = {name: (form[name].value() or "").replace("\n", "\r\n") for name in form.fields}
        assert alice_client.post(f"/projects/{alice_project.pk}/", sent).status_code == 302
        alice_project.refresh_from_db()
        assert alice_project.custom_categories == categories
        assert not AuditEntry.objects.exists()

    @pytest.mark.parametrize(
        "wrong", [{"name": " "}, {"categories": ": no name"}, {"categories": "x" * 101}, {"name": "x" * 201}]
    )
    def test_what_is_not_right_is_422(
        self, alice_client: Client, alice_project: Project, wrong: dict[str, str]
    ) -> None:
        answer = alice_client.post(f"/projects/{alice_project.pk}/", settings_of(alice_project, **wrong))
        assert answer.status_code == 422
        assert "errorlist" in text_of(answer)

    def test_it_says_what_a_missing_language_model_means(
        self, alice_client: Client, alice_project: Project, settings: Any
    ) -> None:
        note = "No language model is configured"
        assert note in text_of(alice_client.get(f"/projects/{alice_project.pk}/"))
        settings.PROVIDERS = {**settings.PROVIDERS, "chat": {}}
        assert note not in text_of(alice_client.get(f"/projects/{alice_project.pk}/"))

    def test_a_member_reads_them_only(self, bob_client: Client, alice_project: Project) -> None:
        page = text_of(bob_client.get(f"/projects/{alice_project.pk}/"))
        assert "Only owners and admins change these settings." in page
        assert "<fieldset" in page
        assert "disabled" in page.partition("<fieldset")[2].partition(">")[0]
        assert "Delete project" not in page


class TestMaking:
    def test_a_new_project_is_entered_at_once(self, alice_client: Client, alice_project: Project) -> None:
        page = text_of(alice_client.post("/projects/new/", {"name": "Second"}, follow=True))
        project = Project.objects.get(name="Second")
        assert project.organization == alice_project.organization
        assert "You are now in the new project “Second”." in page
        assert str(project.pk) in page

    def test_a_name_is_needed(self, alice_client: Client) -> None:
        assert alice_client.post("/projects/new/", {"name": ""}).status_code == 422
        assert not Project.objects.filter(is_default=False).exists()

    def test_members_are_told_who_may(self, bob_client: Client) -> None:
        for answer in (bob_client.get("/projects/new/"), bob_client.post("/projects/new/", {"name": "x"})):
            assert answer.status_code == 403
            assert "Only owners and admins" in text_of(answer)


class TestDeleting:
    def test_it_shows_what_goes_and_waits_for_the_name(
        self, alice_client: Client, spare: Project, remember: Remember
    ) -> None:
        remember("I go", project=spare)
        path = f"/projects/{spare.pk}/delete/"
        page = text_of(alice_client.get(path))
        assert "<dt>Memories</dt>" in page
        assert "Spare &amp; Co" in page
        for typed in ("", "spare & co", "Spare"):
            answer = alice_client.post(path, {"typed": typed})
            assert answer.status_code == 422
        assert Memory.objects.count() == 1

    def test_then_it_is_gone_and_the_person_is_somewhere_else(
        self, alice_client: Client, spare: Project, alice_project: Project, remember: Remember
    ) -> None:
        remember("I go", project=spare)
        kept = remember("I stay")
        alice_client.post(f"/projects/{spare.pk}/select/")
        answer = alice_client.post(f"/projects/{spare.pk}/delete/", {"typed": "Spare & Co"}, follow=True)
        assert "is deleted" in text_of(answer)
        assert answer.context["request"].project == alice_project
        assert list(Memory.objects.all()) == [kept]

    def test_the_default_project_stays(self, alice_client: Client, alice_project: Project) -> None:
        path = f"/projects/{alice_project.pk}/delete/"
        assert "can’t be deleted" in text_of(alice_client.get(path))
        assert alice_client.post(path, {"typed": alice_project.name}).status_code == 422
        assert Project.objects.filter(pk=alice_project.pk).exists()


def test_somebody_left_without_a_project_gets_one_again(charlie: User) -> None:
    charlie.organizations.all().delete()
    assert signed_in(charlie).get("/").status_code == 200
    assert Membership.objects.get(user=charlie).role == "owner"


def test_a_person_starts_in_the_organization_they_joined_first(alice_project: Project, charlie: User) -> None:
    own = charlie.organizations.get()
    membership = Membership.objects.create(organization=alice_project.organization, user=charlie, role="member")
    Membership.objects.filter(pk=membership.pk).update(created_at=charlie.date_joined.replace(year=2001))
    home = signed_in(charlie).get("/")
    assert home.context["request"].project.organization == alice_project.organization
    membership.delete()
    assert signed_in(charlie).get("/").context["request"].project.organization == own
