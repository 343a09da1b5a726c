"""Facts that change: superseded, ended, corrected, enlarged, said again; never lost, never doubled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import AuditEntry, Project, User
from accounts.principal import Principal
from memories.extraction.prompt import PROMPT_VERSION
from memories.ingestion import steps
from memories.models import Conflict, Event, Memory
from memories.providers import get_extractor
from memories.services.changes import Actor
from memories.services.forgetting import forget, purge
from memories.services.relating import TOOK_ITS_PLACE
from memories.services.search import search
from tests.core.reading import LATER, THEN, Reader, changes, memory, model_on_the_wire, tell
from tests.extraction.replies import block

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(settings: Any) -> Iterator[Reader]:
    with model_on_the_wire(settings) as reader:
        yield reader


def relate(relation: str, to: str, **more: Any) -> dict[str, Any]:
    return {"relation": relation, "related": to, **more}


def move_to_kyoto(reader: Reader, alice: User, **how: Any) -> Event:
    reader.finds(
        "I moved, it is Kyoto now.", ("Ann lives in Kyoto now.", relate("contradicts", "Ann lives in Osaka.", **how))
    )
    return tell(alice, "I moved, it is Kyoto now.", said_at=LATER)


def test_a_contradiction_supersedes_and_the_old_stays_readable(reader: Reader, alice: User) -> None:
    tell(alice, "Ann lives in Osaka.")
    event = move_to_kyoto(reader, alice)
    old, new = memory("Ann lives in Osaka."), memory("Ann lives in Kyoto now.")
    assert (old.state, old.valid_until, old.superseded_by) == ("superseded", LATER, new)
    assert (new.state, new.valid_from, new.said_at) == ("active", LATER, LATER)
    assert changes(old) == ["ADD", "SUPERSEDE"]
    last = old.versions.get(number=2)
    assert (last.event, last.reason, last.state) == (event, TOOK_ITS_PLACE, "superseded")
    assert (last.model, last.prompt_version) == ("wire-model-1", PROMPT_VERSION)
    assert last.actor == f"gpt-test prompt {PROMPT_VERSION}"
    assert new.versions.get().prompt_version == PROMPT_VERSION
    assert AuditEntry.objects.filter(action="memory.supersede", object_id=str(old.pk)).exists()
    assert old.vectors.count() == 1


def test_what_holds_is_recalled_and_what_held_then_when_asked(
    reader: Reader, alice: User, alice_project: Project
) -> None:
    tell(alice, "Ann lives in Osaka.")
    move_to_kyoto(reader, alice)

    def recalled(at: datetime | None = None) -> list[str]:
        ask = {"principal": Principal(user=alice), "project": alice_project, "query": "Where does Ann live?"}
        return [hit.memory.text for hit in search(scope=Memory.objects.holding(at), **ask).hits]

    assert recalled() == ["Ann lives in Kyoto now."]
    assert recalled(LATER - timedelta(days=1)) == ["Ann lives in Osaka."]
    assert recalled(LATER) == ["Ann lives in Kyoto now."]
    assert recalled(THEN - timedelta(days=1)) == []


def test_what_took_a_memorys_place_can_be_purged_without_a_trace_in_it(reader: Reader, alice: User) -> None:
    tell(alice, "Ann lives in Osaka.")
    move_to_kyoto(reader, alice)
    purge(memories=Memory.objects.filter(text="Ann lives in Kyoto now."), actor=Actor(label="ann"))
    old = Memory.objects.get()
    assert (old.state, old.superseded_by) == ("superseded", None)
    assert "Kyoto" not in str(list(old.versions.values())) + str(list(AuditEntry.objects.values()))


def test_a_change_that_lies_ahead_leaves_the_old_in_force_until_then(reader: Reader, alice: User) -> None:
    tell(alice, "Ann lives in Osaka.")
    moving = datetime(2126, 5, 1, tzinfo=UTC)
    reader.finds(
        "In May I will live in Kyoto.",
        (
            "Ann will live in Kyoto.",
            relate("contradicts", "Ann lives in Osaka.", valid_from="2126-05-01", kind="plan"),
        ),
    )
    tell(alice, "In May I will live in Kyoto.", said_at=LATER)
    assert memory("Ann lives in Osaka.").valid_until == moving
    new = memory("Ann will live in Kyoto.")
    assert (new.kind, new.valid_from, new.happened_at) == ("plan", LATER, moving)
    assert set(Memory.objects.holding()) == set(Memory.objects.all())
    assert list(Memory.objects.holding(moving)) == [new]


def test_a_negation_ends_without_a_successor(reader: Reader, alice: User) -> None:
    tell(alice, "Ann works at Acme.")
    reader.finds("I quit Acme.", ("Ann quit Acme.", relate("ends", "Ann works at Acme.")))
    event = tell(alice, "I quit Acme.", said_at=LATER)
    ended = Memory.objects.get()
    assert (ended.text, ended.state, ended.valid_until) == ("Ann works at Acme.", "superseded", LATER)
    assert ended.superseded_by is None
    assert changes(ended) == ["ADD", "END"]
    assert ended.versions.get(number=2).reason == "It no longer holds: Ann quit Acme."
    assert event.messages.get() in ended.sources.all()
    assert not Memory.objects.holding().exists()


def test_a_correction_revises_and_its_words_and_vector_go_together(reader: Reader, alice: User) -> None:
    tell(alice, "Ann is allergic to shrimp.")
    before = list(Memory.objects.get().vectors.values_list("embedding", flat=True))
    reader.finds(
        "No, shrimp is fine, it is crab that I am allergic to.",
        ("Ann is allergic to crab, not shrimp.", relate("corrects", "Ann is allergic to shrimp.", importance=1)),
    )
    tell(alice, "No, shrimp is fine, it is crab that I am allergic to.", said_at=LATER)
    revised = Memory.objects.get()
    assert (revised.text, revised.state, revised.version) == ("Ann is allergic to crab, not shrimp.", "active", 2)
    assert revised.importance == 1.0
    assert changes(revised) == ["ADD", "UPDATE"]
    assert revised.versions.get(number=1).text == "Ann is allergic to shrimp."
    assert len(revised.vectors.all()) == 1
    assert list(revised.vectors.values_list("embedding", flat=True)) != before
    assert revised.sources.count() == 2


def test_more_about_the_same_thing_enlarges_it(reader: Reader, alice: User) -> None:
    tell(alice, "Ann has a cat called Tama.")
    reader.finds(
        "Tama is a tabby of 3 years.",
        ("Ann has a cat called Tama, a tabby of 3 years.", relate("adds_to", "Ann has a cat called Tama.")),
    )
    tell(alice, "Tama is a tabby of 3 years.", said_at=LATER)
    assert Memory.objects.get().text == "Ann has a cat called Tama, a tabby of 3 years."


def test_said_again_in_other_words_is_more_evidence_even_from_another_run(reader: Reader, alice: User) -> None:
    tell(alice, "Ann is allergic to peanuts.", entities={"user_id": "ann", "run_id": "one"})
    reader.finds(
        "Peanuts make me ill, my allergy.",
        ("Ann has an allergy to peanuts.", relate("same", "Ann is allergic to peanuts.")),
    )
    event = tell(
        alice, "Peanuts make me ill, my allergy.", entities={"user_id": "ann", "run_id": "two"}, said_at=LATER
    )
    merged = Memory.objects.get()
    assert (merged.text, merged.run.name, merged.sources.count()) == ("Ann is allergic to peanuts.", "one", 2)
    assert changes(merged) == ["ADD", "MERGE"]
    assert merged.versions.get(number=2).event == event


def test_an_immutable_memory_stays_and_a_person_is_asked(reader: Reader, alice: User) -> None:
    tell(alice, "Ann lives in Osaka.", options={"immutable": True})
    move_to_kyoto(reader, alice)
    old, new = memory("Ann lives in Osaka."), memory("Ann lives in Kyoto now.")
    assert (old.state, old.version, new.state) == ("active", 1, "active")
    conflict = Conflict.objects.get()
    assert (conflict.older, conflict.newer) == (old, new)
    assert -1 <= conflict.similarity <= 1


@pytest.mark.parametrize("relation", ["corrects", "ends", "adds_to"])
def test_nor_is_it_corrected_ended_or_enlarged(reader: Reader, alice: User, relation: str) -> None:
    tell(alice, "Ann lives in Osaka.", options={"immutable": True})
    reader.finds(
        "I left Osaka, I live nowhere.", ("Ann lives not in Osaka any more.", relate(relation, "Ann lives in Osaka."))
    )
    tell(alice, "I left Osaka, I live nowhere.", said_at=LATER)
    kept = memory("Ann lives in Osaka.")
    assert (kept.state, kept.version) == ("active", 1)
    assert memory("Ann lives not in Osaka any more.").state == "active"


def test_an_old_conversation_that_arrives_late_does_not_undo_what_was_said_since(reader: Reader, alice: User) -> None:
    tell(alice, "Ann lives in Kyoto now.", said_at=LATER)
    reader.finds("I live in Osaka.", ("Ann lives in Osaka.", relate("contradicts", "Ann lives in Kyoto now.")))
    tell(alice, "I live in Osaka.", said_at=THEN)
    old, new = memory("Ann lives in Osaka."), memory("Ann lives in Kyoto now.")
    assert (old.state, old.superseded_by, old.valid_until) == ("superseded", new, LATER)
    assert (new.state, new.version) == ("active", 1)


def test_what_was_forgotten_while_the_model_answered_is_not_changed(
    reader: Reader, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(alice, "Ann lives in Osaka.")
    embed = steps.embed

    def forget_first(work: Any) -> None:
        forget(memories=Memory.objects.filter(text="Ann lives in Osaka."), actor=Actor(label="ann"))
        embed(work)

    monkeypatch.setattr(steps, "embed", forget_first)
    move_to_kyoto(reader, alice)
    assert memory("Ann lives in Kyoto now.").state == "active"
    assert changes(memory("Ann lives in Osaka.")) == ["ADD", "DELETE"]


def test_two_statements_of_one_event_against_the_same_memory_both_stand(reader: Reader, alice: User) -> None:
    tell(alice, "Ann lives and works in Osaka.")
    against = relate("contradicts", "Ann lives and works in Osaka.")
    reader.finds(
        "Now I live in Kyoto, work in Nara.", ("Ann lives in Kyoto.", against), ("Ann works in Nara.", against)
    )
    tell(alice, "Now I live in Kyoto, work in Nara.", said_at=LATER)
    assert set(Memory.objects.active().values_list("text", flat=True)) == {"Ann lives in Kyoto.", "Ann works in Nara."}
    assert changes(memory("Ann lives and works in Osaka.")) == ["ADD", "SUPERSEDE"]


def test_a_later_part_of_a_long_event_changes_what_an_earlier_part_said(
    reader: Reader, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_extractor(), "_tokens", 120)
    first, second = "Ann lives in Osaka. " + "-" * 300, "Sorry, Kyoto it is. " + "-" * 300
    reader.finds(first, "Ann lives in Osaka.")
    reader.finds(second, ("Ann lives in Kyoto, it is.", relate("contradicts", "Ann lives in Osaka.")))
    tell(alice, first, second)
    assert len(reader.wire.chats) == 2
    old, new = memory("Ann lives in Osaka."), memory("Ann lives in Kyoto, it is.")
    assert (old.state, old.superseded_by) == ("superseded", new)
    assert changes(old) == ["ADD", "SUPERSEDE"]


def test_adding_twice_never_deletes(reader: Reader, alice: User) -> None:
    for _ in range(3):
        tell(alice, "Ann lives in Osaka.", "Ann has a cat called Tama.")
    assert Memory.objects.active().count() == 2
    for one in Memory.objects.all():
        assert one.sources.count() == 3
        assert changes(one) == ["ADD"]


def test_another_persons_memories_are_neither_shown_nor_touched(
    reader: Reader, alice: User, bob: User, charlie: User
) -> None:
    tell(alice, "Ann lives in Osaka.")
    tell(charlie, "Ann lives in Osaka.")
    reader.finds(
        "I moved, it is Kyoto now.", ("Ben lives in Kyoto now.", relate("contradicts", "Ann lives in Osaka."))
    )
    tell(alice, "I moved, it is Kyoto now.", entities={"user_id": "ben"}, said_at=LATER)
    assert block(reader.prompt, "known") == []
    tell(alice, "I moved, it is Kyoto now.", entities={"user_id": "ann", "app_id": "other"}, said_at=LATER)
    assert block(reader.prompt, "known") == []
    assert set(Memory.objects.filter(text="Ann lives in Osaka.").values_list("state", "version")) == {("active", 1)}


def test_the_reader_is_told_the_nearest_memories_and_the_turns_before(reader: Reader, alice: User) -> None:
    run = {"user_id": "ann", "run_id": "r"}
    tell(alice, "Ann lives in Osaka.", "Ann has a cat called Tama.", entities=run)
    tell(alice, "Tama is ill.", entities=run, said_at=LATER, options={"timezone": "Asia/Tokyo"})
    known = block(reader.prompt, "known")
    assert {row["text"] for row in known} == {"Ann lives in Osaka.", "Ann has a cat called Tama."}
    assert known[0] == {"ref": "M1", "text": "Ann has a cat called Tama.", "said_at": "2026-01-10"}
    assert [row["text"] for row in block(reader.prompt, "earlier")] == [
        "Ann lives in Osaka.",
        "Ann has a cat called Tama.",
    ]
    assert "2026-03-10T21:00+09:00 (Asia/Tokyo)" in reader.prompt
    assert str(Memory.objects.first().pk) not in reader.prompt
    tell(alice, "Hello from elsewhere.", entities={"user_id": "ann", "run_id": "s"}, said_at=LATER)
    assert block(reader.prompt, "earlier") == []


def test_a_refused_statement_is_recorded_with_its_reason(reader: Reader, alice: User) -> None:
    tell(alice, "Ann lives in Osaka.")
    reader.finds("Nice weather today.", "Ann lives in Osaka.")
    event = tell(alice, "Nice weather today.", said_at=LATER)
    assert event.refusals == [
        {"text": "Ann lives in Osaka.", "reason": "It repeats what was recalled, not what the person says now."}
    ]
    assert Memory.objects.get().sources.count() == 1
