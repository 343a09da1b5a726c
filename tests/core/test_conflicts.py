"""Without a language model: what is said again merges, what seems at odds is put before a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import ApiKey, Project, User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.models import Conflict, Memory
from memories.models.memory import MemoryQuerySet
from memories.services.changes import Actor
from memories.services.conflicts import Settled, decide, open_conflicts
from memories.services.forgetting import forget, purge
from memories.services.record import Conversation, Said, record
from memories.services.revise import Revision, revise
from tests.core.reading import LATER, THEN, changes, memory, tell
from tests.core.workers import ingest_at_once

pytestmark = pytest.mark.django_db
ACTOR = Actor(label="ann")


def pairs() -> list[tuple[str, str]]:
    return [(one.older.text, one.newer.text) for one in Conflict.objects.order_by("created_at", "id")]


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("I am allergic to peanuts.", "I'm really allergic to peanuts!"),
        ("私はそばアレルギーです。", "そばアレルギーなんだよね。"),
        ("我对芒果过敏。", "我对芒果过敏啊！"),
    ],
)
def test_hardly_other_words_are_more_evidence(alice: User, first: str, again: str) -> None:
    tell(alice, first)
    event = tell(alice, again, said_at=LATER)
    merged = Memory.objects.get()
    assert merged.text == first
    assert merged.sources.count() == 2
    assert changes(merged) == ["ADD", "MERGE"]
    assert (merged.versions.get(number=2).event, merged.versions.get(number=2).model) == (event, "")
    assert not Conflict.objects.exists()


def test_an_immutable_memory_gets_the_evidence_and_no_version(alice: User) -> None:
    tell(alice, "I am allergic to peanuts.", options={"immutable": True})
    tell(alice, "I'm really allergic to peanuts!", said_at=LATER)
    kept = Memory.objects.get()
    assert (kept.version, kept.sources.count()) == (1, 2)


def test_an_edit_made_meanwhile_is_neither_lost_nor_taken_for_the_same(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(alice, "I am allergic to peanuts.")
    nearest = MemoryQuerySet.nearest

    def edit_first(self: MemoryQuerySet, vector: Any, **how: Any) -> Any:
        found = list(nearest(self, vector, **how))
        revise(memory=Memory.objects.get(), revision=Revision(text="I am allergic to walnuts."), actor=ACTOR)
        monkeypatch.undo()
        return found

    monkeypatch.setattr(MemoryQuerySet, "nearest", edit_first)
    tell(alice, "I'm really allergic to peanuts!", said_at=LATER)
    assert {(m.text, m.version) for m in Memory.objects.all()} == {
        ("I am allergic to walnuts.", 2),
        ("I'm really allergic to peanuts!", 1),
    }


def test_within_one_event_too(alice: User) -> None:
    tell(alice, "I am allergic to peanuts.", "As I said, I'm allergic to peanuts.")
    merged = Memory.objects.get()
    assert (merged.sources.count(), changes(merged)) == (2, ["ADD", "MERGE"])


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("My cat is 3 years old.", "My cat is 4 years old."),
        ("I live in Osaka.", "I live in Kyoto."),
        ("I like coffee in the morning.", "I don't like coffee in the morning."),
        ("毎朝抹茶ラテを買って飲むのが日課です。", "抹茶ラテをやめて、ルイボスティーに替えました。"),
        ("我住在上海，在银行上班。", "我搬到杭州了，还是在银行上班。"),
    ],
)
def test_what_seems_at_odds_stays_and_a_person_is_asked(alice: User, older: str, newer: str) -> None:
    tell(alice, older)
    tell(alice, newer, said_at=LATER)
    assert pairs() == [(older, newer)]
    assert [(m.state, m.version) for m in Memory.objects.all()] == [("active", 1)] * 2
    assert 0 < Conflict.objects.get().similarity <= 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I like tea with milk.", "I like coffee with milk."),
        ("I live in Osaka.", "My sister lives in Kyoto."),
        ("My brother is a nurse.", "My mother is a nurse."),
    ],
)
def test_what_goes_together_is_nobodys_question(alice: User, one: str, other: str) -> None:
    tell(alice, one)
    tell(alice, other, said_at=LATER)
    assert Memory.objects.count() == 2
    assert pairs() == []


def test_two_speakers_do_not_contradict_each_other(alice: User) -> None:
    tell(alice, "I live in Osaka.", speaker="Ann")
    tell(alice, "I live in Kyoto.", speaker="Ben")
    assert pairs() == []
    assert set(Memory.objects.values_list("speaker", flat=True)) == {"Ann", "Ben"}


def test_what_arrives_late_is_the_older_one(alice: User) -> None:
    tell(alice, "I live in Kyoto.", said_at=LATER)
    tell(alice, "I live in Osaka.", said_at=THEN)
    assert pairs() == [("I live in Osaka.", "I live in Kyoto.")]


def test_another_person_app_or_project_is_not_compared(alice: User, charlie: User) -> None:
    tell(alice, "I live in Osaka.")
    tell(alice, "I live in Kyoto.", entities={"user_id": "ben"})
    tell(alice, "I live in Rome.", entities={"user_id": "ann", "app_id": "other"})
    tell(charlie, "I live in Oslo.")
    assert pairs() == []
    tell(alice, "I live in Nara.", entities={"user_id": "ann", "run_id": "tomorrow"}, said_at=LATER)
    assert pairs() == [("I live in Osaka.", "I live in Nara.")]


def test_statements_that_an_app_sends_itself_are_taken_as_they_are(alice: User) -> None:
    for text in ("I live in Osaka.", "I live in Kyoto.", "I'm living in Kyoto!"):
        tell(alice, text, infer=False)
    assert Memory.objects.count() == 3
    assert pairs() == []


def test_the_newer_takes_the_place_of_the_older_if_a_person_says_so(alice: User) -> None:
    tell(alice, "I live in Osaka.")
    tell(alice, "I live in Kyoto.", said_at=LATER)
    decided = decide(
        conflict=Conflict.objects.get(), decision=Conflict.Decision.SUPERSEDE, actor=ACTOR, reason="She moved."
    )
    assert decided.resolved_at is not None
    old, new = memory("I live in Osaka."), memory("I live in Kyoto.")
    assert (old.state, old.superseded_by, old.valid_until) == ("superseded", new, LATER)
    last = old.versions.get(number=2)
    assert (last.change, last.actor, last.reason) == ("SUPERSEDE", "ann", "She moved.")
    assert list(Memory.objects.holding()) == [new]
    with pytest.raises(Settled):
        decide(conflict=decided, decision=Conflict.Decision.KEEP_BOTH, actor=ACTOR)


def test_both_stay_if_a_person_says_so(alice: User, alice_project: Project) -> None:
    tell(alice, "I live in Osaka.")
    tell(alice, "I live in Kyoto.", said_at=LATER)
    decide(conflict=Conflict.objects.get(), decision=Conflict.Decision.KEEP_BOTH, actor=ACTOR)
    assert Memory.objects.holding().count() == 2
    assert not open_conflicts(principal=Principal(user=alice), project=alice_project).exists()


def test_what_a_person_has_forgotten_is_no_question_any_more(alice: User, alice_project: Project) -> None:
    tell(alice, "I live in Osaka.")
    tell(alice, "I live in Kyoto.", said_at=LATER)
    conflict = Conflict.objects.get()
    forget(memories=Memory.objects.filter(text="I live in Osaka."), actor=ACTOR)
    assert not open_conflicts(principal=Principal(user=alice), project=alice_project).exists()
    with pytest.raises(Settled):
        decide(conflict=conflict, decision=Conflict.Decision.SUPERSEDE, actor=ACTOR)
    assert memory("I live in Osaka.").state == "deleted"
    purge(memories=Memory.objects.filter(text="I live in Osaka."), actor=ACTOR)
    assert not Conflict.objects.exists()


def test_only_who_may_see_the_memories_sees_the_conflict(
    alice: User, bob: User, charlie: User, alice_project: Project
) -> None:
    tell(alice, "I live in Osaka.")
    tell(alice, "I live in Kyoto.", said_at=LATER)

    def seen(**who: Any) -> int:
        return open_conflicts(principal=Principal(**who), project=alice_project).count()

    keys = [
        ApiKey.issue(project=alice_project, name=name, created_by=alice, end_user_name=name)[0]
        for name in ("ann", "ben")
    ]
    assert (seen(user=alice), seen(user=bob), seen(user=charlie)) == (1, 1, 0)
    assert [seen(api_key=key) for key in keys] == [1, 0]


def test_a_memory_is_not_at_odds_with_itself_nor_twice_with_another(alice: User) -> None:
    tell(alice, "I live in Osaka.")
    tell(alice, "I live in Kyoto.", said_at=LATER)
    tell(alice, "I live in Kyoto.", said_at=LATER + timedelta(days=1))
    assert len(pairs()) == 1
    one = Conflict.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Conflict.objects.create(project=one.project, older=one.older, newer=one.older, similarity=1)


@pytest.mark.django_db(transaction=True)
def test_parallel_events_neither_double_nor_lose(alice: User) -> None:
    project = personal_project(user=alice)
    said = ["I'm allergic to peanuts.", "I am allergic to peanuts!", "I am really allergic to peanuts."] * 3
    events = []
    for number, text in enumerate(said):
        entities = {"user_id": "ann"}
        conversation = Conversation([Said(role="user", text=text)], entities, said_at=THEN + timedelta(days=number))
        events.append(record(principal=Principal(user=alice), project=project, conversation=conversation))

    ingest_at_once(events)
    merged = Memory.objects.get()
    assert merged.sources.count() == len(said)
    assert merged.versions.count() == merged.version
