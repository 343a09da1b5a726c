"""Going back: any version again, the last change undone, and what was believed at some time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Project, User
from accounts.principal import Principal
from memories.models import Memory, MemoryVersion
from memories.providers import get_embedder
from memories.services import past
from memories.services.changes import Actor
from memories.services.forgetting import forget, purge
from memories.services.revise import Revision, VersionConflict, revise
from memories.services.search import search
from memories.services.undo import NoSuchVersion, restore_version, undo_last
from providers.errors import ProviderError
from tests.conftest import Remember

ACTOR = Actor(label="a test")


def one(memory: Memory):
    return Memory.objects.filter(pk=memory.pk)


def changes(memory: Memory) -> list[tuple[int, str, str]]:
    return list(memory.versions.order_by("number").values_list("number", "change", "text"))


def audit(memory: Memory) -> list[str]:
    return list(AuditEntry.objects.filter(object_id=str(memory.pk)).order_by("id").values_list("action", flat=True))


def test_a_version_comes_back_whole_as_a_new_one(remember: Remember, alice: User, alice_project: Project) -> None:
    memory = remember("I live in Osaka")
    revise(memory=memory, revision=Revision(text="I live in Kyoto", categories=["home"]), actor=ACTOR)
    restored = restore_version(memory=memory, number=1, actor=ACTOR, reason="it was right")
    assert (restored.text, restored.categories, restored.version) == ("I live in Osaka", [], 3)
    assert changes(memory)[2] == (3, "RESTORE", "I live in Osaka")
    assert memory.versions.get(number=3).reason == "it was right"
    assert audit(memory) == ["memory.add", "memory.update", "memory.restore"]
    assert memory.vectors.get().embedding == pytest.approx(get_embedder().embed(["I live in Osaka"])[0])
    found = search(principal=Principal(user=alice), project=alice_project, scope=one(memory), query="Osaka")
    assert {"semantic", "bm25"} <= set(found.hits[0].signals)


def test_restoring_what_is_there_writes_nothing(remember: Remember) -> None:
    memory = remember("I live in Osaka")
    assert restore_version(memory=memory, number=1, actor=ACTOR).version == 1
    assert memory.versions.count() == 1


def test_there_must_be_such_a_version_and_nobody_in_between(remember: Remember) -> None:
    memory = remember("I live in Osaka")
    with pytest.raises(NoSuchVersion, match="no version 7"):
        restore_version(memory=memory, number=7, actor=ACTOR)
    revise(memory=memory, revision=Revision(text="I live in Kyoto"), actor=ACTOR)
    with pytest.raises(VersionConflict):
        restore_version(memory=memory, number=1, actor=ACTOR, expected_version=1)
    with pytest.raises(VersionConflict):
        undo_last(memory=memory, actor=ACTOR)
    assert memory.versions.count() == 2


def test_undoing_twice_is_doing_it_again(remember: Remember) -> None:
    memory = remember("I live in Osaka")
    memory = revise(memory=memory, revision=Revision(text="I live in Kyoto"), actor=ACTOR)
    memory = undo_last(memory=memory, actor=ACTOR)
    assert memory.text == "I live in Osaka"
    memory = undo_last(memory=memory, actor=ACTOR)
    assert memory.text == "I live in Kyoto"
    assert [change for _, change, _ in changes(memory)] == ["ADD", "UPDATE", "UNDO", "UNDO"]


def test_undoing_a_creation_trashes_and_undoing_that_brings_back(remember: Remember) -> None:
    memory = undo_last(memory=remember("I live in Osaka"), actor=ACTOR)
    assert (memory.state, memory.deleted_at is None) == (Memory.State.DELETED, False)
    memory = undo_last(memory=memory, actor=ACTOR)
    assert (memory.state, memory.deleted_at) == (Memory.State.ACTIVE, None)


def test_undoing_a_supersession_frees_the_memory_and_again_binds_it(remember: Remember) -> None:
    old, new = remember("I live in Osaka"), remember("I live in Kyoto")
    moved = timezone.now()
    one(old).update(state="superseded", superseded_by=new, valid_until=moved, version=2)
    old.refresh_from_db()
    version = MemoryVersion.objects.create(
        memory=old, project=old.project, number=2, change="SUPERSEDE", text=old.text, state="superseded",
        valid_until=moved, superseded_by_id=new.pk, actor="a model",
    )  # fmt: skip
    assert version.state == old.state
    old = undo_last(memory=old, actor=ACTOR)
    assert (old.state, old.superseded_by, old.valid_until) == ("active", None, None)
    old = undo_last(memory=old, actor=ACTOR)
    assert (old.state, old.superseded_by, old.valid_until) == ("superseded", new, moved)


def test_nothing_changes_when_the_embedder_fails(remember: Remember, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = remember("I live in Osaka")
    memory = revise(memory=memory, revision=Revision(text="I live in Kyoto"), actor=ACTOR)

    def fail(texts: object) -> list[list[float]]:
        raise ProviderError("The embedder is away.")

    monkeypatch.setattr(get_embedder(), "embed", fail)
    with pytest.raises(ProviderError):
        undo_last(memory=memory, actor=ACTOR)
    memory.refresh_from_db()
    assert (memory.text, memory.version) == ("I live in Kyoto", 2)


class TestThePast:
    def told(self, at: datetime) -> list[str]:
        return sorted(v.text for v in past.believed(memories=Memory.objects.all(), at=at))

    def test_a_person_is_read_as_of_a_time(self, remember: Remember) -> None:
        first = timezone.now()
        home, tea = remember("I live in Osaka"), remember("I like tea")
        second = timezone.now()
        revise(memory=home, revision=Revision(text="I live in Kyoto"), actor=ACTOR)
        forget(memories=one(tea), actor=ACTOR)
        third = timezone.now()
        assert self.told(first) == []
        assert self.told(second) == ["I like tea", "I live in Osaka"]
        assert self.told(third) == ["I live in Kyoto"]
        version = past.version_at(home, second)
        assert version is not None
        was = past.as_it_was(version)
        assert (was.text, was.version, was.digest) == ("I live in Osaka", 1, home.digest)
        assert past.version_at(home, first) is None

    def test_what_no_longer_held_was_not_believed(self, remember: Remember) -> None:
        now = timezone.now() + timedelta(minutes=1)
        for text, fields in {
            "ended": {"valid_until": now - timedelta(days=1)},
            "to come": {"valid_from": now + timedelta(days=1)},
            "expired": {"expiration_date": now.date() - timedelta(days=1)},
            "pending": {"state": "pending"},
            "holds": {"valid_from": now - timedelta(days=1), "valid_until": now + timedelta(days=1)},
        }.items():
            MemoryVersion.objects.filter(memory=remember(text)).update(**fields)
        assert self.told(now) == ["holds"]

    def test_what_was_purged_is_in_no_past(self, remember: Remember) -> None:
        memory = remember("I live in Osaka")
        then = timezone.now()
        purge(memories=one(memory), actor=ACTOR)
        assert self.told(then) == []
