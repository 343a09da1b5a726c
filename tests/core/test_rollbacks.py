"""Taking back what one source wrote: what it made, what it changed, and nobody else's work."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, Project, User
from accounts.principal import Principal
from memories.models import App, Event, Memory, Rollback, Run
from memories.services import rollbacks
from memories.services.changes import Actor
from memories.services.forgetting import forget
from memories.services.record import Conversation, Said, record
from memories.services.relating import supersede
from memories.services.revise import Revision, revise
from memories.services.rollbacks import Source, preview, request_rollback
from memories.services.sweeping import sweep
from tests.conftest import Remember

BOB = Actor(label="bob")


@pytest.fixture
def key(alice: User, alice_project: Project) -> ApiKey:
    key, _secret = ApiKey.issue(project=alice_project, name="importer", created_by=alice)
    return key


def say(key: ApiKey, *texts: str, **entities: str) -> list[Memory]:
    conversation = Conversation(
        said=[Said(role="user", text=text) for text in texts], entities={"user_id": "ann", **entities}, infer=False
    )
    event = record(principal=Principal(api_key=key), project=key.project, conversation=conversation)
    return list(Memory.objects.filter(versions__event=event).order_by("pk"))


def rewrite(memory: Memory, text: str, actor: Actor) -> Memory:
    return revise(memory=memory, revision=Revision(text=text), actor=actor)


def undo(user: User, project: Project, source: Source, **more: Any) -> Rollback:
    return request_rollback(principal=Principal(user=user), project=project, source=source, **more)


def texts() -> list[str]:
    return sorted(Memory.objects.active().values_list("text", flat=True))


def test_an_apps_memories_go_and_what_it_changed_is_as_before(
    remember: Remember, key: ApiKey, alice: User, alice_project: Project
) -> None:
    mine = remember("I live in Osaka")
    say(key, "I hate tea", "I hate rice")
    rewrite(mine, "I live in Kyiv", Actor.of(Principal(api_key=key)))
    rewrite(mine, "I live in Kiel", Actor.of(Principal(api_key=key)))
    source = Source("source_key", key)
    look = preview(project=alice_project, source=source)
    assert (look.trashed, look.put_back, look.conflicts) == (2, 1, 0)
    assert texts() == ["I hate rice", "I hate tea", "I live in Kiel"]
    job = undo(alice, alice_project, source, reason="it made things up")
    assert (job.status, job.changed, job.conflicts) == ("SUCCEEDED", 3, 0)
    assert texts() == ["I live in Osaka"]
    version = mine.versions.first()
    assert version is not None
    assert (version.change, version.reason, version.user) == ("UNDO", "it made things up", alice)
    assert AuditEntry.objects.filter(action="memory.undo").count() == 3
    finished = AuditEntry.objects.get(action="rollback.finish")
    assert finished.details == {"changed": 3, "conflicts": 0}


@pytest.mark.parametrize("kind", ["event", "run", "app"])
def test_only_the_source_that_is_named(kind: str, key: ApiKey, alice: User, alice_project: Project) -> None:
    [wrong] = say(key, "I hate tea", app_id="bad", run_id="r1")
    say(key, "I like rice", app_id="good", run_id="r2")
    rows = {"event": Event.objects.get(versions__memory=wrong)}
    rows |= {"run": Run.objects.get(name="r1"), "app": App.objects.get(name="bad")}
    undo(alice, alice_project, Source(kind, rows[kind]))
    assert texts() == ["I like rice"]
    wrong.refresh_from_db()
    assert wrong.state == Memory.State.DELETED


def test_only_what_was_written_since(key: ApiKey, alice: User, alice_project: Project) -> None:
    [memory] = say(key, "I like tea")
    since = timezone.now()
    say(key, "I hate rice")
    rewrite(memory, "I hate tea", Actor.of(Principal(api_key=key)))
    undo(alice, alice_project, Source("source_key", key, since))
    assert texts() == ["I like tea"]


def test_what_somebody_else_has_changed_since_is_left_alone_unless_asked_for(
    key: ApiKey, alice: User, alice_project: Project
) -> None:
    corrected, trashed, untouched = say(key, "I hate tea", "I hate rice", "I hate soup")
    rewrite(corrected, "I love tea", BOB)
    forget(memories=Memory.objects.filter(pk=trashed.pk), actor=BOB)
    source = Source("source_key", key)
    look = preview(project=alice_project, source=source)
    # What is in the trash already has nowhere to go.
    assert (look.trashed, look.put_back, look.conflicts) == (1, 0, 1)
    assert [memory for memory in look.memories if memory.disturbed] == [corrected]
    job = undo(alice, alice_project, source)
    assert (job.changed, job.conflicts) == (1, 1)
    assert texts() == ["I love tea"]
    job = undo(alice, alice_project, source, include_conflicts=True)
    assert (job.changed, job.conflicts) == (1, 0)
    assert texts() == []
    assert untouched.versions.count() == 2


@pytest.mark.parametrize("kind", ["event", "run", "source_key"])
def test_what_others_have_said_too_is_left_alone_with_what_it_took_the_place_of(
    kind: str, remember: Remember, key: ApiKey, alice: User, alice_project: Project
) -> None:
    osaka = remember("I live in Osaka", run_id="r")
    kobe, alone = sorted(say(key, "I live in Kobe", "I hate rice", run_id="r"), key=lambda one: one.text, reverse=True)
    rows = {"event": Event.objects.get(versions__memory=kobe), "run": Run.objects.get(), "source_key": key}
    supersede(osaka, kobe, at=kobe.said_at, actor=Actor.of(Principal(api_key=key)), event=rows["event"])
    other = remember("I live in Kobe", run_id="r")
    assert other.pk == kobe.pk
    look = preview(project=alice_project, source=Source(kind, rows[kind]))
    if kind == "run":
        # All of it was said there.
        assert (look.trashed, look.conflicts) == (3, 0)
        return
    assert (look.trashed, look.put_back, look.conflicts) == (1, 0, 2)
    assert [memory for memory in look.memories if not memory.disturbed] == [alone]
    undo(alice, alice_project, Source(kind, rows[kind]))
    assert texts() == ["I live in Kobe"]
    undo(alice, alice_project, Source(kind, rows[kind]), include_conflicts=True)
    assert texts() == ["I live in Osaka"]


def test_a_rollback_can_itself_be_undone(key: ApiKey, alice: User, alice_project: Project) -> None:
    say(key, "I hate tea", "I hate rice")
    other, _secret = ApiKey.issue(project=alice_project, name="operator", created_by=alice)
    request_rollback(principal=Principal(api_key=other), project=alice_project, source=Source("source_key", key))
    assert texts() == []
    undo(alice, alice_project, Source("source_key", other))
    assert texts() == ["I hate rice", "I hate tea"]


class TestALargeOne:
    @pytest.fixture(autouse=True)
    def small_batches(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(rollbacks, "BATCH", 2)

    def test_a_worker_does_it_and_goes_on_where_another_stopped(
        self, key: ApiKey, alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        say(key, *(f"I hate number {n}" for n in range(5)))
        job = undo(alice, alice_project, Source("source_key", key))
        assert job.status == Rollback.Status.PENDING
        assert len(texts()) == 5
        batches = 0

        def once(*args: Any, real: Any = rollbacks._batch) -> bool:
            nonlocal batches
            batches += 1
            if batches == 2:
                raise ConnectionError("The worker's machine is on fire.")
            return bool(real(*args))

        monkeypatch.setattr(rollbacks, "_batch", once)
        rollbacks.work(job.pk)
        job.refresh_from_db()
        assert (job.status, job.changed, len(texts())) == ("PENDING", 2, 3)
        assert "on fire" in job.error
        Rollback.objects.update(available_at=timezone.now() - rollbacks_grace())
        assert sweep() == 1
        rollbacks.work(job.pk)
        job.refresh_from_db()
        assert (job.status, job.changed, texts()) == ("SUCCEEDED", 5, [])
        assert all(memory.versions.count() == 2 for memory in Memory.objects.all())

    def test_a_worker_that_has_lost_it_writes_nothing(self, key: ApiKey, alice: User, alice_project: Project) -> None:
        say(key, "I hate tea", "I hate rice", "I hate soup")
        job = undo(alice, alice_project, Source("source_key", key))
        late = Rollback.objects.claim(job.pk)
        assert late is not None
        Rollback.objects.filter(pk=job.pk).update(attempts=5)
        rollbacks._work(late)
        assert len(texts()) == 3
        job.refresh_from_db()
        assert job.status == Rollback.Status.RUNNING


def rollbacks_grace() -> Any:
    from memories.services.sweeping import GRACE

    return GRACE * 2
