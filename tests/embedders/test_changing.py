"""Another embedder by setting: a project stays with its own until every memory has a vector by the new one."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Project, User
from memories.embedding import PAUSE_SECONDS
from memories.models import EmbedderChange, Memory, MemoryVector, Suppression
from memories.providers import get_embedder
from memories.services.embedders import changing
from memories.services.embedders.asking import CannotChange, ask, cancel, to_change, try_again
from memories.services.forgetting import forget
from memories.services.revise import Revision, revise
from memories.services.suppressing import suppress
from memories.services.undo import undo_last
from providers.errors import ProviderUnavailable
from tests.conftest import Remember
from tests.embedders.switching import ME, NEW, OLD, Ask, Switch, by_meaning, fresh, sizes, worked
from tests.providers.wire import error

pytestmark = pytest.mark.django_db


def test_editing_the_settings_changes_no_search(
    remember: Remember, configure: Switch, look_for: Ask, alice_project: Project
) -> None:
    bees = remember("I keep bees on the roof")
    wire = configure()
    car = remember("I sold my old car", project=fresh(alice_project))
    assert by_meaning(look_for("bees car")) == {bees, car}
    assert (sizes(bees), sizes(car)) == ([384], [384])
    assert wire.requests == []
    assert list(to_change()) == [alice_project]


def test_a_new_project_begins_with_the_configured_embedder(
    remember: Remember, configure: Switch, alice_project: Project, alice: User
) -> None:
    configure()
    other = Project.objects.create(organization=alice_project.organization, name="Other")
    assert other.embedder == NEW
    assert sizes(remember("I sing", project=other)) == [64]


def test_all_is_embedded_beside_then_switched_then_the_old_goes(
    remember: Remember, configure: Switch, look_for: Ask, alice_project: Project, alice: User, at_once: None
) -> None:
    memories = {remember("I keep bees on the roof"), remember("I sold my old car")}
    trashed = remember("I like plums")
    forget(memories=Memory.objects.filter(pk=trashed.pk), actor=ME)
    configure()
    change = ask(project=alice_project, requester="alice", user=alice)
    assert fresh(alice_project).embedder == OLD
    worked(change)
    assert (change.status, change.total, change.done, change.percent) == ("SUCCEEDED", 3, 3, 100)
    assert {(project.embedder, project.next_embedder) for project in [fresh(alice_project)]} == {(NEW, "")}
    assert [sizes(memory) for memory in (*memories, trashed)] == [[64]] * 3
    assert by_meaning(look_for("bees car")) == memories
    done = AuditEntry.objects.filter(object_id=str(change.pk)).order_by("pk").values_list("action", "actor")
    assert list(done) == [("embedder.change", "alice"), ("embedder.switch", "alice")]
    assert list(to_change()) == []


def test_searches_use_the_old_one_wholly_until_the_switch_and_the_new_one_wholly_from_then_on(
    remember: Remember, configure: Switch, look_for: Ask, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    memories = {remember(f"I keep {thing} on the roof") for thing in ("bees", "hens", "pots")}
    wire = configure()
    monkeypatch.setattr(changing, "BATCH", 1)
    monkeypatch.setattr(changing, "TURN_SECONDS", 0.0)
    change = ask(project=alice_project, requester="alice")
    asked: list[int] = []
    while worked(change).phase == "embedding":
        before = len(wire.requests)
        assert by_meaning(look_for("who is on the roof?")) == memories
        assert len(wire.requests) == before, "the old embedder reads the question until the switch"
        asked.append(change.done)
    assert asked[:3] == [1, 2, 3]
    assert change.phase == "settling"
    assert by_meaning(look_for("what is on the roof?")) == memories
    assert wire.requests[-1].body["input"] == ["what is on the roof?"]
    assert MemoryVector.objects.filter(embedder=OLD).count() == 3, "whoever began before the switch needs them"


def test_what_is_added_or_revised_meanwhile_has_both_vectors(
    remember: Remember, configure: Switch, alice_project: Project, at_once: None
) -> None:
    old = remember("I keep bees on the roof")
    configure()
    change = ask(project=alice_project, requester="alice")
    added = remember("I sold my old car", project=fresh(alice_project))
    revise(memory=old, revision=Revision(text="I keep hens on the roof"), actor=ME)
    assert (sizes(added), sizes(old)) == ([64, 384], [64, 384])
    undo_last(memory=Memory.objects.get(pk=old.pk), actor=ME)
    assert sizes(old) == [64, 384]
    assert worked(change).status == "SUCCEEDED"


def test_a_memory_revised_while_its_batch_is_embedded_keeps_no_vector_of_its_old_words(
    remember: Remember, configure: Switch, alice_project: Project, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = remember("I keep bees on the roof")
    wire = configure()
    change = ask(project=alice_project, requester="alice")
    embed, times = get_embedder().embed, []

    def slow(texts: list[str]) -> list[list[float]]:
        if texts == ["I keep bees on the roof"] and not times:
            times.append(1)
            wire.script(error(503, "away"))
            revise(memory=memory, revision=Revision(text="I keep hens on the roof"), actor=ME)
        return embed(texts)

    monkeypatch.setattr(get_embedder(), "embed", slow)
    assert worked(change).status == "SUCCEEDED"
    assert times == [1]
    vector = memory.vectors.get(embedder=NEW)
    assert list(vector.embedding) == pytest.approx(embed(["I keep hens on the roof"])[0], abs=1e-5)


def test_writing_goes_on_while_the_new_embedder_is_away_and_does_not_wait_for_it_each_time(
    remember: Remember, configure: Switch, alice_project: Project
) -> None:
    remember("I keep bees on the roof")
    wire = configure()
    ask(project=alice_project, requester="alice")
    wire.script(error(503, "away"))
    first = remember("I sold my old car", project=fresh(alice_project))
    asked = len(wire.requests)
    second = remember("I like plums", project=fresh(alice_project))
    assert (sizes(first), sizes(second), len(wire.requests)) == ([384], [384], asked)
    assert PAUSE_SECONDS > 0


def test_a_failure_is_told_retried_and_goes_on_where_it_stopped(
    remember: Remember, configure: Switch, alice_project: Project, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for thing in ("bees", "hens"):
        remember(f"I keep {thing}")
    wire = configure()
    change = ask(project=alice_project, requester="alice")
    monkeypatch.setattr(changing, "BATCH", 1)
    monkeypatch.setattr(changing, "TURN_SECONDS", 0.0)
    assert worked(change).done == 1
    wire.script(error(401, "Incorrect API key."))
    worked(change)
    assert (change.status, change.error_code) == ("FAILED", "ProviderRejected")
    assert "Check the API key." in change.error
    monkeypatch.setattr(changing, "TURN_SECONDS", 10.0)
    try_again(change)
    before = len(wire.requests)
    assert worked(change).status == "SUCCEEDED"
    assert len(wire.requests) == before + 1, "what was embedded is not embedded again"


def test_cancelling_leaves_everything_as_it_was(
    remember: Remember, configure: Switch, alice_project: Project, look_for: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    memories = {remember("I keep bees"), remember("I keep hens")}
    configure()
    monkeypatch.setattr(changing, "BATCH", 1)
    monkeypatch.setattr(changing, "TURN_SECONDS", 0.0)
    change = worked(ask(project=alice_project, requester="alice"))
    assert MemoryVector.objects.filter(embedder=NEW).count() == 1
    cancel(change, requester="bob")
    monkeypatch.setattr(changing, "TURN_SECONDS", 10.0)
    worked(change)
    assert (change.status, change.cancelled) == ("SUCCEEDED", True)
    assert [sizes(memory) for memory in memories] == [[384]] * 2
    assert (fresh(alice_project).embedder, fresh(alice_project).next_embedder) == (OLD, "")
    assert by_meaning(look_for("keep")) == memories
    assert list(to_change()) == [alice_project]


def test_a_worker_that_was_at_it_writes_nothing_after_it_is_cancelled(
    remember: Remember, configure: Switch, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember("I keep bees")
    configure()
    change = ask(project=alice_project, requester="alice")
    embed = get_embedder().embed

    def cancelled_meanwhile(texts: list[str]) -> list[list[float]]:
        cancel(change, requester="alice")
        return embed(texts)

    monkeypatch.setattr(get_embedder(), "embed", cancelled_meanwhile)
    worked(change)
    assert not MemoryVector.objects.filter(embedder=NEW).exists()
    assert (change.status, change.phase) == ("PENDING", "dropping")


def test_it_is_too_late_to_cancel_what_is_switched(
    remember: Remember, configure: Switch, alice_project: Project
) -> None:
    remember("I keep bees")
    configure()
    change = worked(ask(project=alice_project, requester="alice"))
    assert change.phase == "settling"
    with pytest.raises(CannotChange, match="in use already"):
        cancel(change, requester="alice")


def test_what_was_on_its_way_during_the_switch_is_embedded_before_the_old_goes(
    remember: Remember, configure: Switch, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember("I keep bees")
    before = fresh(alice_project)
    configure()
    change = worked(ask(project=alice_project, requester="alice"))
    late = remember("I keep hens", project=before)
    assert (change.phase, sizes(late)) == ("settling", [384])
    EmbedderChange.objects.update(available_at=change.created_at, switched_at=change.switched_at - changing.GRACE)
    assert worked(change).status == "SUCCEEDED"
    assert sizes(late) == [64]


def test_suppressions_are_compared_by_the_new_one(
    remember: Remember, configure: Switch, alice_project: Project, at_once: None
) -> None:
    memory = remember("I am allergic to nuts")
    suppress(memory, embedder=OLD, embedding=memory.vectors.get().embedding, actor=ME)
    configure()
    worked(ask(project=alice_project, requester="alice"))
    suppression = Suppression.objects.get()
    assert (suppression.embedder, len(suppression.embedding)) == (NEW, 64)


def test_one_at_a_time_and_not_to_what_is_in_use(
    remember: Remember, configure: Switch, alice_project: Project
) -> None:
    with pytest.raises(CannotChange, match="already"):
        ask(project=alice_project, requester="alice")
    wire = configure()
    wire.script(error(503, "away"))
    with pytest.raises(ProviderUnavailable):
        ask(project=alice_project, requester="alice")
    assert fresh(alice_project).next_embedder == ""
    ask(project=alice_project, requester="alice")
    with pytest.raises(CannotChange, match="under way"):
        ask(project=alice_project, requester="alice")


def test_projects_take_turns_and_one_worker_at_a_time_embeds(
    remember: Remember, configure: Switch, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Project.objects.create(organization=alice_project.organization, name="Other")
    remember("I keep bees")
    remember("I keep hens", project=other)
    configure()
    one, two = (ask(project=project, requester="alice") for project in (alice_project, other))
    assert EmbedderChange.objects.claim(one.pk) is not None
    assert worked(two).attempts == 0
    rung: list[Any] = []
    monkeypatch.setattr(changing, "ring", lambda pk, **how: rung.append(pk))
    EmbedderChange.objects.filter(pk=one.pk).update(status="PENDING")
    worked(two)
    assert rung == [one.pk]
