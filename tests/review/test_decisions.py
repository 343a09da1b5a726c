"""Decisions on what awaits review: one version each, all or none."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Project, User
from accounts.principal import Principal
from memories.models import Memory, Suppression
from memories.providers import get_embedder
from memories.services.changes import Actor
from memories.services.forgetting import erase_entity, forget
from memories.services.review import CannotDecide, Decision, Verdict, decide, similar
from memories.services.revise import Immutable
from memories.services.rules import add_rule, delete_rule
from memories.services.search import search
from memories.services.undo import undo_last
from tests.conftest import Remember

BOB = Actor(label="bob")


@pytest.fixture
def wait(remember: Remember, alice_project: Project) -> Remember:
    """Make a memory that awaits review."""

    def make(text: str, user_id: str = "ann", **more: Any) -> Memory:
        rule = add_rule(project=alice_project, actor=BOB, outcome="review")
        memory = remember(text, user_id, **more)
        delete_rule(rule=rule, actor=BOB)
        assert memory.state == Memory.State.PENDING
        return memory

    return make


def one(memory: Memory, verdict: str, **more: Any) -> Memory:
    decide(decisions=[Decision(memory, verdict, **more)], actor=BOB, reason="because")
    memory.refresh_from_db()
    return memory


def last(memory: Memory) -> tuple[int, str, str, str]:
    version = memory.versions.first()
    assert version is not None
    return version.number, version.change, version.actor, version.reason


def audit(memory: Memory) -> list[str]:
    return list(AuditEntry.objects.filter(object_id=str(memory.pk)).order_by("id").values_list("action", flat=True))


def test_approved_it_is_active(wait: Remember) -> None:
    memory = one(wait("I like tea"), Verdict.APPROVE)
    assert memory.state == "active"
    assert last(memory) == (2, "APPROVE", "bob", "because")
    assert audit(memory) == ["memory.add", "memory.approve"]


def test_edited_and_approved_in_one_version(wait: Remember, alice: User, alice_project: Project) -> None:
    memory = one(wait("I like tea"), Verdict.APPROVE, text=" I like green tea ")
    assert (memory.state, memory.text, memory.version) == ("active", "I like green tea", 2)
    assert memory.vectors.get().embedding == pytest.approx(get_embedder().embed(["I like green tea"])[0])
    found = search(principal=Principal(user=alice), project=alice_project, scope=Memory.objects.all(), query="green")
    assert "bm25" in found.hits[0].signals


def test_merged_its_evidence_goes_to_the_other(wait: Remember, remember: Remember) -> None:
    other = remember("I like tea")
    memory = one(wait("Tea is nice"), Verdict.MERGE, other=other, text="I like tea a lot")
    other.refresh_from_db()
    assert (memory.state, memory.superseded_by) == ("deleted", other)
    assert (other.text, other.sources.count()) == ("I like tea a lot", 2)
    assert last(memory)[:2] == last(other)[:2] == (2, "MERGE")


def test_superseding_ends_the_other_when_this_one_was_said(wait: Remember, remember: Remember) -> None:
    other = remember("I live in Osaka")
    memory = one(wait("I live in Kyoto"), Verdict.SUPERSEDE, other=other)
    other.refresh_from_db()
    assert memory.state == "active"
    assert (other.state, other.superseded_by, other.valid_until) == ("superseded", memory, memory.said_at)
    assert (last(memory)[1], last(other)[1]) == ("APPROVE", "SUPERSEDE")
    other = undo_last(memory=other, actor=BOB)
    assert (other.state, other.superseded_by, other.valid_until) == ("active", None, None)


def test_what_began_later_than_its_successor_ends_now(wait: Remember, remember: Remember) -> None:
    other, memory = remember("I live in Osaka"), wait("I live in Kyoto")
    began = timezone.now()
    Memory.objects.filter(pk=other.pk).update(valid_from=began)
    one(memory, Verdict.SUPERSEDE, other=other)
    other.refresh_from_db()
    assert other.valid_until is not None
    assert other.valid_until > began


def test_rejected_it_is_in_the_trash_and_undone_it_waits_again(wait: Remember) -> None:
    memory = one(wait("I like tea"), Verdict.REJECT)
    assert (memory.state, memory.deleted_at is None, last(memory)[1]) == ("deleted", False, "REJECT")
    assert undo_last(memory=memory, actor=BOB).state == "pending"


@pytest.mark.parametrize("verdict", [v for v in Verdict if v != Verdict.SUPPRESS])
def test_what_does_not_wait_is_not_decided_on(verdict: Verdict, wait: Remember, remember: Remember) -> None:
    active, waiting, other = remember("I like tea"), wait("I like rice"), remember("I like soup")
    decisions = [Decision(waiting, Verdict.APPROVE), Decision(active, verdict, other=other)]
    with pytest.raises(CannotDecide, match=str(active.pk)):
        decide(decisions=decisions, actor=BOB)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.version) == ("pending", 1)


@pytest.mark.parametrize("verdict", [Verdict.MERGE, Verdict.SUPERSEDE])
def test_the_other_is_an_active_memory_of_the_same_person(
    verdict: Verdict, wait: Remember, remember: Remember
) -> None:
    memory, bens, gone = wait("I like tea"), remember("I like tea", "ben"), remember("I like soup")
    forget(memories=Memory.objects.filter(pk=gone.pk), actor=BOB)
    for other in (None, bens, gone, wait("I like rice"), memory):
        with pytest.raises(CannotDecide, match="active memory of the same person"):
            one(memory, verdict, other=other)
    memory.refresh_from_db()
    assert memory.version == 1


def test_an_immutable_memory_is_approved_only_as_it_is(wait: Remember) -> None:
    memory = wait("I like tea", immutable=True)
    with pytest.raises(Immutable):
        one(memory, Verdict.APPROVE, text="I like rice")
    assert one(memory, Verdict.APPROVE).state == "active"


def test_the_nearest_of_the_same_person_are_offered(wait: Remember, remember: Remember) -> None:
    remember("The weather was bad in Oslo", "ann")
    near = remember("I live in Osaka")
    remember("I live in Osaka, too", "ben")
    gone = remember("My home is Osaka")
    forget(memories=Memory.objects.filter(pk=gone.pk), actor=BOB)
    found = similar(wait("I live in Kyoto"), Memory.objects.all())
    assert [memory.text for memory in found] == ["I live in Osaka", "The weather was bad in Oslo"]
    assert found[0] == near


class TestNeverAgain:
    def test_it_goes_and_does_not_come_back(self, wait: Remember, remember: Remember) -> None:
        memory = one(wait("I am allergic to peanuts."), Verdict.SUPPRESS)
        assert (memory.state, last(memory)[1]) == ("deleted", "REJECT")
        kept = Suppression.objects.get()
        assert (kept.end_user, kept.actor, kept.reason) == (memory.end_user, "bob", "because")
        assert AuditEntry.objects.filter(action="suppression.create", object_id=str(kept.pk)).exists()
        with pytest.raises(Memory.DoesNotExist):
            remember("I have a peanut allergy.")
        assert remember("I like tea").state == "active"

    def test_an_active_memory_can_go_like_that_too(self, remember: Remember) -> None:
        memory = one(remember("I like tea"), Verdict.SUPPRESS)
        assert (memory.state, last(memory)[1]) == ("deleted", "DELETE")
        with pytest.raises(CannotDecide):
            one(memory, Verdict.SUPPRESS)

    def test_twice_is_once(self, remember: Remember) -> None:
        first, second = remember("I like tea", app_id="a"), remember("I like tea!", app_id="b")
        decide(decisions=[Decision(m, Verdict.SUPPRESS) for m in (first, second)], actor=BOB)
        assert Suppression.objects.count() == 1

    def test_it_goes_with_the_person(self, remember: Remember) -> None:
        memory = one(remember("I like tea"), Verdict.SUPPRESS)
        assert memory.end_user is not None
        erase_entity(entity=memory.end_user, actor=BOB)
        assert not Suppression.objects.exists()
