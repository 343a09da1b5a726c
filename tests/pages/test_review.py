"""The review inbox, its decisions, the policy and what is never remembered."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import ApiKey, Project
from memories.models import App, Conflict, Memory, ReviewRule, SourceTrust, Suppression
from memories.models.review import Trust
from memories.services.changes import Actor
from memories.services.rules import add_rule
from tests.conftest import Remember
from tests.pages.markup import text_of

HTMX = {"HTTP_HX_REQUEST": "true"}
DECIDE = "/review/decide/"


@pytest.fixture
def rule(alice_project: Project) -> ReviewRule:
    app = App.objects.create(project=alice_project, name="kitchen")
    return add_rule(project=alice_project, actor=Actor(label="a test"), outcome="review", app=app)


@pytest.fixture
def waiting(rule: ReviewRule, remember: Remember) -> Memory:
    return remember("I like tea", app_id="kitchen")


def state(memory: Memory) -> str:
    memory.refresh_from_db()
    return memory.state


class TestInbox:
    def test_it_lists_what_waits_and_the_menu_counts_it(
        self, waiting: Memory, remember: Remember, bob_client: Client, charlie_client: Client
    ) -> None:
        remember("I like rice")
        page = text_of(bob_client.get("/review/"))
        assert "I like tea" in page
        assert "I like rice" not in page
        assert "1 memory awaits review" in page
        assert "data-waiting>1</span>" in text_of(bob_client.get("/jobs/"))
        other = text_of(charlie_client.get("/review/"))
        assert "Nothing awaits review" in other
        assert "data-waiting hidden" in other

    def test_several_are_decided_at_once(self, waiting: Memory, remember: Remember, bob_client: Client) -> None:
        other = remember("I like soup", app_id="kitchen")
        answer = bob_client.post(DECIDE, {"memory": [waiting.pk, other.pk], "verdict": "approve"}, follow=True)
        assert "Decided on 2 memories." in text_of(answer)
        assert (state(waiting), state(other)) == ("active", "active")
        version = other.versions.first()
        assert version is not None
        assert (version.change, version.actor) == ("APPROVE", "bob@example.com")

    @pytest.mark.parametrize(("verdict", "becomes"), [("approve", "active"), ("reject", "deleted")])
    def test_one_is_decided_by_its_own_button(
        self, verdict: str, becomes: str, waiting: Memory, remember: Remember, alice_client: Client
    ) -> None:
        other = remember("I like soup", app_id="kitchen")
        sent = {"one": f"{verdict}:{waiting.pk}", "memory": [other.pk]}
        answer = text_of(alice_client.post(DECIDE, sent, headers={}, **HTMX))
        assert answer.lstrip().startswith('<div id="inbox">')
        assert "I like soup" in answer
        assert "I like tea" not in answer
        assert 'hx-swap-oob="outerHTML:[data-waiting]">1</span>' in answer
        assert (state(waiting), state(other)) == (becomes, "pending")

    def test_what_another_has_decided_is_left_as_it_is(
        self, waiting: Memory, alice_client: Client, bob_client: Client
    ) -> None:
        bob_client.post(DECIDE, {"memory": waiting.pk, "verdict": "reject"})
        answer = alice_client.post(DECIDE, {"memory": waiting.pk, "verdict": "approve"}, follow=True)
        assert "Decided on 0 memories." in text_of(answer)
        assert state(waiting) == "deleted"

    @pytest.mark.parametrize("sent", [{"verdict": "merge"}, {"verdict": "x"}, {"one": "approve:x"}, {"memory": "x"}])
    def test_nonsense_is_404(self, sent: dict[str, str], waiting: Memory, alice_client: Client) -> None:
        assert alice_client.post(DECIDE, {"memory": str(waiting.pk), **sent}).status_code == 404
        assert state(waiting) == "pending"

    def test_an_auditor_looks_and_has_no_buttons(self, waiting: Memory, auditor_client: Client) -> None:
        assert "data-approve" not in text_of(auditor_client.get("/review/"))
        assert "verdict" not in text_of(auditor_client.get(f"/review/{waiting.pk}/"))
        assert auditor_client.post(DECIDE, {"memory": waiting.pk, "verdict": "approve"}).status_code == 403


class TestOneMemory:
    def test_it_shows_its_source_and_what_is_like_it(
        self, waiting: Memory, remember: Remember, alice_client: Client
    ) -> None:
        near = remember("I love tea")
        remember("I like tea, too", "ben")
        page = text_of(alice_client.get(f"/review/{waiting.pk}/"))
        assert "<mark>I like tea</mark>" in page
        assert f'value="{near.pk}"' in page
        assert page.count('type="radio"') == 1

    def test_it_is_edited_and_approved(self, waiting: Memory, alice_client: Client) -> None:
        sent = {"memory_id": waiting.pk, "verdict": "approve", "text": "I like\r\ngreen tea", "reason": "clearer"}
        assert alice_client.post(DECIDE, sent)["Location"] == "/review/"
        assert (state(waiting), waiting.text, waiting.version) == ("active", "I like\ngreen tea", 2)

    @pytest.mark.parametrize(
        ("verdict", "this", "that"), [("merge", "deleted", "active"), ("supersede", "active", "superseded")]
    )
    def test_it_is_set_against_another(
        self, verdict: str, this: str, that: str, waiting: Memory, remember: Remember, alice_client: Client
    ) -> None:
        other = remember("I love tea")
        sent = {"memory_id": waiting.pk, "verdict": verdict, "text": waiting.text}
        refused = alice_client.post(DECIDE, sent)
        assert refused.status_code == 422
        assert "This can’t be decided like that" in text_of(refused)
        alice_client.post(DECIDE, {**sent, "other": other.pk})
        assert (state(waiting), state(other)) == (this, that)
        assert other.text == "I love tea"

    def test_it_is_never_remembered_again_until_that_is_lifted(
        self, waiting: Memory, remember: Remember, bob_client: Client
    ) -> None:
        bob_client.post(DECIDE, {"memory_id": waiting.pk, "verdict": "suppress", "reason": "private"})
        page = text_of(bob_client.get("/review/never/"))
        assert "I like tea" in page
        assert "private" in page
        with pytest.raises(Memory.DoesNotExist):
            remember("I like tea.")
        kept = Suppression.objects.get()
        assert "may be remembered again" in text_of(bob_client.post(f"/review/never/{kept.pk}/lift/", follow=True))
        assert remember("I like tea.").state == "active"

    def test_nothing_of_anothers_can_be_named(self, waiting: Memory, charlie_client: Client) -> None:
        for sent in ({"memory_id": waiting.pk, "verdict": "approve"}, {"memory_id": "x", "verdict": "approve"}):
            assert charlie_client.post(DECIDE, sent).status_code == 404
        assert state(waiting) == "pending"


class TestConflicts:
    @pytest.fixture
    def conflict(self, remember: Remember, alice_project: Project) -> Conflict:
        older, newer = remember("I live in Osaka"), remember("I live in Kyoto")
        return Conflict.objects.create(project=alice_project, older=older, newer=newer, similarity=0.9)

    @pytest.mark.parametrize(("decision", "becomes"), [("supersede", "superseded"), ("keep_both", "active")])
    def test_a_person_decides(self, decision: str, becomes: str, conflict: Conflict, bob_client: Client) -> None:
        page = text_of(bob_client.get("/review/"))
        assert "I live in Osaka" in page
        assert "data-waiting>1</span>" in page
        answer = bob_client.post(f"/review/conflicts/{conflict.pk}/", {"decision": decision}, follow=True)
        assert "Nothing awaits review" in text_of(answer)
        assert (state(conflict.older), state(conflict.newer)) == (becomes, "active")
        again = bob_client.post(f"/review/conflicts/{conflict.pk}/", {"decision": decision}, follow=True)
        assert "decided already" in text_of(again)

    def test_there_are_two_answers(self, conflict: Conflict, bob_client: Client) -> None:
        assert bob_client.post(f"/review/conflicts/{conflict.pk}/", {"decision": "x"}).status_code == 404
        assert state(conflict.older) == "active"


def test_a_deleted_memory_can_be_kept_from_coming_back(remember: Remember, alice_client: Client) -> None:
    memory = remember("I like tea")
    answer = alice_client.post(f"/memories/{memory.pk}/delete/", {"never": "1"}, follow=True)
    assert "nothing that says the same is remembered again" in text_of(answer)
    assert state(memory) == "deleted"
    assert Suppression.objects.get().text == "I like tea"


class TestPolicy:
    def test_rules_are_added_ordered_and_removed(self, alice_client: Client, alice_project: Project) -> None:
        App.objects.create(project=alice_project, name="kitchen")
        path = f"/projects/{alice_project.pk}/review/"
        sent = {
            "outcome": "reject",
            "app": "kitchen",
            "confidence_below": "0.5",
            "categories": "health、money",
            "kinds": ["plan", "event"],
            "layers": ["user"],
            "trust_at_most": "0",
        }
        assert "The rule is added." in text_of(alice_client.post(f"{path}rules/", sent, follow=True))
        rule = ReviewRule.objects.get()
        assert (rule.categories, rule.kinds, rule.layers) == (["health", "money"], ["plan", "event"], ["user"])
        assert (rule.app and rule.app.name, rule.confidence_below, rule.trust_at_most) == ("kitchen", 0.5, Trust.LOW)
        for outcome in ("review", "accept"):
            alice_client.post(f"{path}rules/", {"outcome": outcome})
        last = ReviewRule.objects.get(outcome="accept")
        alice_client.post(f"{path}rules/{last.pk}/first/")
        assert [rule.outcome for rule in ReviewRule.objects.all()] == ["reject", "accept", "review"]
        page = text_of(alice_client.get(path))
        assert "health, money" in page
        alice_client.post(f"{path}rules/{last.pk}/delete/")
        assert not ReviewRule.objects.filter(pk=last.pk).exists()

    @pytest.mark.parametrize(
        "sent",
        [{}, {"outcome": "x"}, {"outcome": "review", "confidence_below": "7"}, {"outcome": "review", "app": "no"}],
    )
    def test_what_cannot_be_a_rule_is_shown_again(
        self, sent: dict[str, str], alice_client: Client, alice_project: Project
    ) -> None:
        answer = alice_client.post(f"/projects/{alice_project.pk}/review/rules/", sent)
        assert answer.status_code == 422
        assert "errorlist" in text_of(answer)
        assert not ReviewRule.objects.exists()

    def test_trust_is_set_and_ordinary_again(
        self, alice: object, alice_client: Client, alice_project: Project, charlie: object
    ) -> None:
        key, _secret = ApiKey.issue(project=alice_project, name="importer", created_by=None)
        strangers, _secret = ApiKey.issue(
            project=Project.objects.get(organization__memberships__user=charlie), name="k", created_by=None
        )
        path = f"/projects/{alice_project.pk}/review/trust/"
        alice_client.post(path, {"source": f"api_key:{key.pk}", "level": "0"})
        assert [(trust.source, trust.level) for trust in SourceTrust.objects.all()] == [(key, 0)]
        assert "importer" in text_of(alice_client.get(f"/projects/{alice_project.pk}/review/"))
        assert alice_client.post(path, {"source": f"api_key:{strangers.pk}", "level": "0"}).status_code == 422
        alice_client.post(path, {"source": f"api_key:{key.pk}", "level": "1"})
        assert not SourceTrust.objects.exists()

    def test_a_member_sees_it_without_forms(self, rule: ReviewRule, bob_client: Client) -> None:
        page = text_of(bob_client.get(f"/projects/{rule.project_id}/review/"))
        assert "kitchen" in page
        assert "Only owners and admins" in page
        assert "New rule" not in page
