"""Where memories stand in their sitting, the context they inherit, and working both out for older ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Project, User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.extraction.types import Extraction, ExtractionRequest, Statement
from memories.models import Memory, MemoryVersion
from memories.services import indexing
from memories.services.record import Conversation, Said, record
from memories.services.search import search
from memories.services.storing import NotStored
from memories.terms import number_of, unpack
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def say(alice: User, alice_project: Project) -> Any:
    def say(*texts: str, at: datetime = NOON, infer: bool = False, **entities: str) -> None:
        said = [Said(role="user", text=text, speaker="Ann") for text in texts]
        names = {"user_id": "ann", **entities}
        conversation = Conversation(said=said, entities=names, infer=infer, wait=True, said_at=at)
        record(principal=Principal(user=alice), project=alice_project, conversation=conversation)

    return say


def places(**which: Any) -> list[tuple[str, int]]:
    rows = Memory.objects.filter(**which).order_by("sitting", "place")
    return [(memory.text, memory.place) for memory in rows]


def test_a_run_is_a_sitting_over_several_calls(say: Any) -> None:
    say("a", "b", run_id="r1")
    say("c", run_id="r1", at=NOON + timedelta(days=1))
    say("d", run_id="r2")
    assert places(run__name="r1") == [("a", 0), ("b", 1), ("c", 2)]
    assert places(run__name="r2") == [("d", 0)]
    assert {memory.sitting for memory in Memory.objects.filter(run__name="r1")} == {
        Memory.objects.get(text="a").run_id
    }


def test_without_a_run_a_sitting_lasts_until_a_pause(say: Any) -> None:
    say("a", "b")
    say("c", at=NOON + timedelta(minutes=5))
    say("d", at=NOON + timedelta(hours=2))
    by_text = {memory.text: memory for memory in Memory.objects.all()}
    assert by_text["a"].sitting == by_text["c"].sitting != by_text["d"].sitting
    assert [by_text[text].place for text in "abcd"] == [0, 1, 2, 0]


def test_two_people_share_no_sitting(say: Any) -> None:
    say("a")
    say("b", user_id="ben")
    assert len(set(Memory.objects.values_list("sitting", flat=True))) == 2


def test_the_speaker_of_a_turn_is_kept(say: Any) -> None:
    say("a")
    assert Memory.objects.get().speaker == "Ann"
    assert MemoryVersion.objects.get().speaker == "Ann"


class OneStatement:
    """An extractor that is told what to find, in place of a language model."""

    name = "one statement"
    prompt_version = ""
    compares = False

    def extract(self, request: ExtractionRequest) -> Extraction:
        return Extraction(statements=[Statement(text="It was called Biscuit.", evidence=(1,))])


def test_a_statement_inherits_what_was_said_around_its_sources(
    say: Any, alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memories.ingestion.steps.get_extractor", OneStatement)
    say("What was your first hamster named?", "Biscuit!", "Sweet", "My tax return is late", infer=True)
    memory = Memory.objects.get()
    for word, inherited in (("hamster", True), ("sweet", True), ("tax", False)):
        recall = search(
            principal=Principal(user=alice), project=alice_project, scope=Memory.objects.all(), query=f"the {word}"
        )
        assert recall.hits[0].memory == memory
        assert ("window" in recall.hits[0].signals) is inherited, word


def test_older_memories_are_indexed_in_the_order_they_were_said(say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    say("first", "second?", "in 2020", run_id="r1")
    say("alone", user_id="ben")
    before = list(Memory.objects.order_by("pk").values("pk", "sitting", "place", "traits", "speaker", "version"))
    runless = Memory.objects.get(text="alone")
    Memory.objects.update(sitting=None, place=0, traits=0, speaker="")
    monkeypatch.setattr(indexing, "BATCH", 2)
    done = []
    while count := indexing.index_unplaced():
        done.append(count)
    assert sorted(done) == [1, 1, 2]
    after = list(Memory.objects.order_by("pk").values("pk", "sitting", "place", "traits", "speaker", "version"))
    for old, new in zip(before, after, strict=True):
        if old["pk"] == runless.pk:
            assert new["sitting"] is not None
            new["sitting"] = old["sitting"]
    assert after == before
    assert indexing.index_unplaced() == 0


def test_indexing_gives_extracted_statements_their_context(say: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memories.ingestion.steps.get_extractor", OneStatement)
    say("What was your first hamster named?", "Biscuit!", infer=True)
    context = str(Memory.objects.get().context)
    Memory.objects.update(sitting=None, context=None)
    assert indexing.index_unplaced() == 1
    assert str(Memory.objects.get().context) == context
    assert "hamster" in context


def test_words_of_older_memories_are_packed_as_new_ones_are(remember: Remember) -> None:
    rows = [remember("I like tea, tea and 抹茶"), remember("It rains")]
    Memory.objects.filter(pk=rows[0].pk).update(context="'osaka':1 'tea':2")
    Memory.objects.update(terms=None, context_terms=None)
    assert indexing.pack_terms() == 2
    first, second = Memory.objects.order_by("pk")
    assert [bytes(first.terms), bytes(second.terms)] == [bytes(row.terms) for row in rows]
    assert sorted(unpack(bytes(first.context_terms))["number"]) == sorted([number_of("osaka"), number_of("tea")])
    assert bytes(second.context_terms) == b""
    assert indexing.pack_terms() == 0


def read_in_this_transaction() -> int:
    """Return how many memories were read by now, by whatever way."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'memories_memory'"
        )
        return int(cursor.fetchall()[0][0])


@pytest.mark.parametrize("way", ["at once", "looked at"])
@pytest.mark.parametrize("run", [{}, {"run_id": "r"}], ids=["no run", "a run"])
@pytest.mark.parametrize("whose", ["user_id", "agent_id"])
def test_to_go_on_costs_no_more_in_a_long_sitting(
    alice: User,
    alice_project: Project,
    charlie: User,
    monkeypatch: pytest.MonkeyPatch,
    whose: str,
    run: dict[str, str],
    way: str,
) -> None:
    """A sitting of 7,000 was sorted at each add of one who talked all day, in 12 ms."""

    def say(who: str, *texts: str) -> None:
        conversation = Conversation(
            said=[Said(role="user", text=text) for text in texts],
            entities={whose: who, **{key: f"{who}'s {name}" for key, name in run.items()}},
            infer=False,
            said_at=NOON,
        )
        record(principal=Principal(user=alice), project=alice_project, conversation=conversation)

    # What Postgres knows when it plans: most people say little.
    for number in range(20):
        say(f"someone {number}", *(f"{number}: {index}" for index in range(10)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE memories_memory")
    for hundred in range(4):
        say("ann", *(f"Thought {hundred}-{number}." for number in range(100)))
    # Somebody else's, who need not be known by name either.
    record(
        principal=Principal(user=charlie),
        project=personal_project(user=charlie),
        conversation=Conversation(
            said=[Said(role="user", text=f"Mine {number}.") for number in range(200)],
            entities={whose: "me"},
            infer=False,
        ),
    )
    if way == "looked at":
        monkeypatch.setattr("memories.services.at_once.store", lambda several, waits: [NotStored.NEEDS_A_LOOK])
    before = read_in_this_transaction()
    say("ann", "One more.")
    assert read_in_this_transaction() - before < 20
    last = Memory.objects.get(text="One more.")
    assert last.place == Memory.objects.filter(sitting=last.sitting).count() - 1 >= 400
