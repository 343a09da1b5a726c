"""Every change writes row, vector, version and audit entry together, or nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import AuditEntry, Project, User
from accounts.principal import Principal
from memories.models import AccessLog, EndUser, Event, Memory, MemoryVector, MemoryVersion, Message
from memories.providers import get_embedder
from memories.services import changes, forgetting
from memories.services.changes import Actor
from memories.services.revise import Immutable, Revision, VersionConflict, revise
from memories.services.search import search
from providers.errors import ProviderError
from tests.conftest import Remember

ACTOR = Actor(label="a test")


def one(memory: Memory):
    return Memory.objects.filter(pk=memory.pk)


def audit(memory: Memory) -> list[str]:
    return list(AuditEntry.objects.filter(object_id=str(memory.pk)).order_by("id").values_list("action", flat=True))


def stored_vector(memory: Memory) -> list[float]:
    return list(MemoryVector.objects.get(memory=memory).embedding)


def test_a_new_memory_has_everything(remember: Remember, alice: User) -> None:
    memory = remember("I am allergic to nuts")
    version = memory.versions.get()
    assert (version.number, version.change, version.text) == (1, "ADD", memory.text)
    assert version.actor == str(alice)
    assert audit(memory) == ["memory.add"]
    assert stored_vector(memory) == pytest.approx(get_embedder().embed([memory.text])[0], abs=1e-5)
    assert memory.sources.get().text == memory.text


def test_a_revision_replaces_text_and_vector_together(remember: Remember) -> None:
    memory = remember("I live in Paris")
    revised = revise(memory=memory, revision=Revision(text="I live in Osaka"), actor=ACTOR, reason="moved")
    assert (revised.text, revised.version) == ("I live in Osaka", 2)
    assert stored_vector(memory) == pytest.approx(get_embedder().embed(["I live in Osaka"])[0], abs=1e-5)
    assert [(v.number, v.text, v.reason) for v in memory.versions.all()] == [
        (2, "I live in Osaka", "moved"),
        (1, "I live in Paris", ""),
    ]
    assert audit(memory) == ["memory.add", "memory.update"]


def test_a_failure_in_the_middle_changes_nothing(remember: Remember, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = remember("I live in Paris")
    monkeypatch.setattr(changes, "audit_entry", lambda *a, **k: AuditEntry(project_id=None))
    with pytest.raises(IntegrityError):
        revise(memory=memory, revision=Revision(text="I live in Osaka"), actor=ACTOR)


@pytest.mark.django_db(transaction=True)
def test_after_such_a_failure_text_vector_and_versions_still_agree(
    remember: Remember, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = remember("I live in Paris")
    before = stored_vector(memory)
    monkeypatch.setattr(changes, "audit_entry", lambda *a, **k: AuditEntry(project_id=None))
    with pytest.raises(IntegrityError):
        revise(memory=memory, revision=Revision(text="I live in Osaka"), actor=ACTOR)
    memory.refresh_from_db()
    assert (memory.text, memory.version, memory.versions.count()) == ("I live in Paris", 1, 1)
    assert stored_vector(memory) == before


def test_of_two_edits_from_the_same_version_one_is_refused(remember: Remember) -> None:
    memory = remember("I live in Paris")
    revise(memory=memory, revision=Revision(text="I live in Osaka"), actor=ACTOR, expected_version=1)
    with pytest.raises(VersionConflict) as conflict:
        revise(memory=memory, revision=Revision(text="I live in Kyoto"), actor=ACTOR, expected_version=1)
    assert conflict.value.current.text == "I live in Osaka"


def test_a_revision_that_changes_nothing_writes_nothing(remember: Remember) -> None:
    memory = remember("I live in Paris")
    revise(memory=memory, revision=Revision(text="I live in Paris ", metadata={}), actor=ACTOR)
    assert memory.versions.count() == 1


def test_a_last_day_is_set_and_cleared(remember: Remember) -> None:
    memory = remember("The pass is valid")
    day = date(2026, 12, 31)
    assert revise(memory=memory, revision=Revision(expiration_date=day), actor=ACTOR).expiration_date == day
    assert revise(memory=memory, revision=Revision(clear_expiration=True), actor=ACTOR).expiration_date is None


def test_what_lies_in_the_trash_is_not_revised(remember: Remember) -> None:
    memory = remember("I live in Paris")
    forgetting.forget(memories=one(memory), actor=ACTOR)
    with pytest.raises(Immutable):
        revise(memory=memory, revision=Revision(text="x"), actor=ACTOR)


def test_forget_and_restore(remember: Remember) -> None:
    memory = remember("I live in Paris")
    assert forgetting.forget(memories=one(memory), actor=ACTOR) == 1
    assert forgetting.forget(memories=one(memory), actor=ACTOR) == 0
    assert forgetting.restore(memories=one(memory), actor=ACTOR) == 1
    memory.refresh_from_db()
    assert (memory.state, memory.deleted_at, memory.version) == ("active", None, 3)
    assert [v.change for v in memory.versions.all()] == ["RESTORE", "DELETE", "ADD"]
    assert audit(memory) == ["memory.add", "memory.delete", "memory.restore"]


def test_a_forgotten_memory_is_not_recalled(remember: Remember, alice: User, alice_project: Project) -> None:
    memory = remember("I live in Paris")
    ask = {"principal": Principal(user=alice), "project": alice_project, "query": "Paris"}
    assert search(scope=Memory.objects.active(), **ask).hits
    forgetting.forget(memories=one(memory), actor=ACTOR)
    assert not search(scope=Memory.objects.active(), **ask).hits


def test_purging_leaves_an_audit_entry_without_content(
    remember: Remember, alice: User, alice_project: Project
) -> None:
    memory = remember("My secret is 4711")
    other = remember("I like tea")
    search(principal=Principal(user=alice), project=alice_project, scope=Memory.objects.all(), query="secret 4711")
    forgetting.purge(memories=one(memory), actor=ACTOR)
    assert not Memory.objects.filter(pk=memory.pk).exists()
    assert not MemoryVersion.objects.filter(memory_id=memory.pk).exists()
    assert not MemoryVector.objects.filter(memory_id=memory.pk).exists()
    assert not AccessLog.objects.filter(memory_ids__contains=[memory.pk]).exists()
    assert audit(memory) == ["memory.add", "memory.purge"]
    assert "4711" not in str(list(AuditEntry.objects.values()))
    assert Memory.objects.filter(pk=other.pk).exists()


def test_the_trash_is_emptied_of_what_has_lain_long_enough(remember: Remember) -> None:
    old, fresh = remember("Old"), remember("Fresh")
    forgetting.forget(memories=Memory.objects.all(), actor=ACTOR)
    Memory.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - timedelta(days=31))
    assert forgetting.empty_trash() == 1
    assert list(Memory.objects.values_list("pk", flat=True)) == [fresh.pk]


def test_erasing_a_person_erases_everything_of_theirs(remember: Remember) -> None:
    remember("I live in Paris", user_id="ann", run_id="r1")
    kept = remember("I live in Rome", user_id="ben", run_id="r1")
    ann = EndUser.objects.get(name="ann")
    assert forgetting.erase_entity(entity=ann, actor=ACTOR).memories == 1
    assert list(Memory.objects.all()) == [kept]
    assert Message.objects.get().text == "I live in Rome"
    assert Event.objects.count() == 1
    assert not EndUser.objects.filter(name="ann").exists()
    assert AuditEntry.objects.filter(action="entity.erase", details__memories=1).exists()


def test_search_goes_on_without_a_retriever_that_fails(
    remember: Remember, alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = remember("I am allergic to nuts")

    def fail(text: str) -> list[float]:
        raise ProviderError("The embedder is away.")

    monkeypatch.setattr(get_embedder(), "embed_query", fail)
    recall = search(principal=Principal(user=alice), project=alice_project, scope=Memory.objects.all(), query="nuts")
    assert [hit.memory for hit in recall.hits] == [memory]
    assert recall.warnings == ["Searched without semantic: The embedder is away."]


def test_a_search_while_typing_is_logged_once(remember: Remember, alice: User, alice_project: Project) -> None:
    remember("I like matcha")
    ask = {"principal": Principal(user=alice), "project": alice_project, "scope": Memory.objects.all()}
    for typed in ("ma", "matc", "matcha"):
        search(query=typed, while_typing=True, **ask)
    search(query="tea", while_typing=True, **ask)
    search(query="tea", **ask)
    assert list(AccessLog.objects.order_by("pk").values_list("query", flat=True)) == ["matcha", "tea", "tea"]


def test_a_search_is_logged_with_what_it_returned(remember: Remember, alice: User, alice_project: Project) -> None:
    memory = remember("I am allergic to nuts")
    search(principal=Principal(user=alice), project=alice_project, scope=Memory.objects.all(), query="nuts")
    entry = AccessLog.objects.get()
    assert (entry.reader, entry.query, entry.memory_ids) == (str(alice), "nuts", [memory.pk])
