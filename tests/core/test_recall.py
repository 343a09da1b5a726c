"""What recall ranks by: the turns around a memory, who speaks, what is told, when, and how much it matters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.models import Project, User
from accounts.principal import Principal
from memories.models import Memory
from memories.recall.question import names_in, read_question
from memories.recall.scope import Scope
from memories.recall.types import Recall
from memories.services import forgetting
from memories.services.changes import Actor
from memories.services.record import Conversation, Said, record
from memories.services.revise import Revision, revise
from memories.services.search import search
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
ACTOR = Actor(label="a test")
TODAY = date(2026, 11, 21)

Talk = Callable[..., None]
Ask = Callable[..., Recall]


@pytest.fixture
def talk(alice: User, alice_project: Project) -> Talk:
    """Store a session, each turn as a memory."""

    def talk(*turns: tuple[str, str], run: str = "r1", user_id: str = "ann", said_at: datetime | None = None) -> None:
        said = [Said(role="user", text=text, speaker=speaker) for speaker, text in turns]
        entities = {"user_id": user_id, "run_id": run}
        conversation = Conversation(said=said, entities=entities, infer=False, said_at=said_at)
        record(principal=Principal(user=alice), project=alice_project, conversation=conversation)

    return talk


@pytest.fixture
def ask(alice: User, alice_project: Project) -> Ask:
    def ask(query: str, scope: Any = None, **more: Any) -> Recall:
        scope = Memory.objects.active() if scope is None else scope
        principal = Principal(user=alice)
        return search(principal=principal, project=alice_project, scope=scope, query=query, today=TODAY, **more)

    return ask


def texts(recall: Recall) -> list[str]:
    return [hit.memory.text for hit in recall.hits]


def test_the_turn_beside_the_words_is_found(talk: Talk, ask: Ask) -> None:
    talk(("Ann", "The weather is awful."), ("Ben", "What was your first pet called?"), ("Ann", "Biscuit!"))
    talk(("Ann", "Rain again."), ("Ben", "Crumpet."), ("Ann", "What a week it has been."), run="r2")
    hits = {hit.memory.text: hit for hit in ask("What was the first pet called?").hits}
    assert hits["Biscuit!"].score > hits["Crumpet."].score
    assert "bm25" not in hits["Biscuit!"].signals
    assert {"window", "session", "context"} <= set(hits["Biscuit!"].signals)


def test_another_sitting_is_no_neighbour(talk: Talk, ask: Ask) -> None:
    talk(("Ben", "What was your first pet called?"), run="r1")
    talk(("Ann", "Biscuit!"), run="r2")
    hits = {hit.memory.text: hit for hit in ask("What was the first pet called?").hits}
    assert not {"window", "session"} & set(hits["Biscuit!"].signals)


@pytest.mark.parametrize(
    ("ann", "ben", "query"),
    [("Ann", "Ben", "What does Ann's breakfast consist of?"), ("美咲", "大輔", "美咲は朝に何を飲む？")],
)
def test_the_speaker_named_counts(talk: Talk, ask: Ask, ann: str, ben: str, query: str) -> None:
    talk((ben, "I drink coffee"), ("x", "Well"), ("x", "So"), ("x", "Then"), (ann, "I drink tea"))
    best = ask(query).hits
    by = {hit.memory.speaker: hit for hit in best}
    assert by[ann].score > by[ben].score
    assert by[ann].signals["person"].rank == 1
    assert "person" not in by[ben].signals


def test_whom_it_is_about_counts_before_who_said_it(remember: Remember, ask: Ask) -> None:
    about_ben, about_ann = remember("Likes tea"), remember("Likes tea too")
    Memory.objects.filter(pk=about_ben.pk).update(speaker="Ann", about="Ben")
    Memory.objects.filter(pk=about_ann.pk).update(speaker="Ben", about="Ann")
    signals = {hit.memory.pk: hit.signals for hit in ask("Ann's taste").hits}
    assert "person" in signals[about_ann.pk]
    assert "person" not in signals[about_ben.pk]


@pytest.mark.parametrize(
    ("query", "subject", "people"),
    [
        ("What is Ann's dog called?", "What is dog called?", {"Ann"}),
        ("Anne's dog", "Anne's dog", set()),
        ("ann", "ann", {"Ann"}),
        ("Where does Lee live?", "Where does live?", {"Bo Lee"}),
        ("美咲の犬", "の犬", {"美咲"}),
        ("my dog", "my dog", set()),
    ],
)
def test_names_are_read_as_words(remember: Remember, query: str, subject: str, people: set[str]) -> None:
    for name in ("Ann", "Bo Lee", "美咲", "my sister"):
        Memory.objects.filter(pk=remember(f"Said by {name}").pk).update(speaker=name)
    question = read_question(query, names_in(Scope(Memory.objects.all())), today=TODAY)
    assert (question.subject, question.people) == (subject, people)


def test_names_outside_the_scope_are_not_read(talk: Talk, remember: Remember) -> None:
    talk(("Zoe", "I like tea"), user_id="ben")
    remember("I like tea")
    scope = Memory.objects.filter(end_user__name="ann")
    assert not read_question("Zoe", names_in(Scope(scope)), today=TODAY).people


def test_a_question_when_prefers_what_tells_a_time(talk: Talk, ask: Ask) -> None:
    talk(
        ("Ann", "The move to Osaka was hard"), ("Ann", "So so"), ("Ann", "Hm"), ("Ann", "The move to Osaka was in May")
    )
    assert texts(ask("When was the move to Osaka?"))[0] == "The move to Osaka was in May"


def test_the_time_spoken_of_is_read_against_the_reference_date(talk: Talk, ask: Ask) -> None:
    for year in (2024, 2025, 2026):
        talk(("Ann", f"Went camping again, number {year}"), run=f"r{year}", said_at=datetime(year, 7, 9, tzinfo=UTC))
    assert texts(ask("camping last summer"))[0] == "Went camping again, number 2026"
    assert texts(ask("去年の夏 camping"))[0] == "Went camping again, number 2025"
    hit = ask("camping last summer").hits[0]
    assert hit.signals["time"].rank == 1


def test_when_it_happened_counts_before_when_it_was_said(remember: Remember, ask: Ask) -> None:
    memory = remember("The wedding", said_at=datetime(2026, 11, 1, tzinfo=UTC))
    Memory.objects.filter(pk=memory.pk).update(happened_at=datetime(2025, 5, 5, tzinfo=UTC))
    assert "time" in ask("wedding in May 2025").hits[0].signals
    assert "time" not in ask("wedding in November 2026").hits[0].signals


def test_what_is_pinned_comes_first_among_equals(remember: Remember, ask: Ask) -> None:
    ids = [remember(f"I like tea no. {i}").pk for i in range(3)]
    Memory.objects.filter(pk=ids[1]).update(pinned=True)
    best = ask("tea").hits[0]
    assert best.memory.pk == ids[1]
    assert best.signals["importance"].score == 1


def test_contributions_add_up_to_a_score_within_its_limits(talk: Talk, ask: Ask) -> None:
    talk(("Ann", "When I was ten we moved to Kyoto"), ("Ben", "Kyoto?"), ("Ann", "Kyoto, in 1999."))
    for hit in ask("When did Ann move to Kyoto, in 1999?").hits:
        assert hit.score == pytest.approx(sum(signal.contribution for signal in hit.signals.values()))
        assert 0 < hit.score <= 1


def test_a_threshold_leaves_out_what_scores_below(talk: Talk, ask: Ask) -> None:
    talk(("Ann", "I like green tea"), ("Ben", "Hm?"), ("Ben", "Well?"), ("Ben", "So?"))
    scores = [hit.score for hit in ask("green tea").hits]
    assert len(ask("green tea", threshold=scores[1] + 0.001).hits) == 1


def test_k_asked_is_k_returned_in_either_half_of_a_cut_pool(
    talk: Talk, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memories.services.search.POOL_MINIMUM", 3)
    monkeypatch.setattr("memories.services.search.POOL", 1)
    talk(*[("Ann", f"Turn number {i}") for i in range(30)])
    assert len(ask("turn", limit=7).hits) == 7
    assert len(ask("nothing shared", limit=7).hits) == 7


def test_a_stranger_finds_nothing_through_neighbours(talk: Talk, ask: Ask, charlie: User) -> None:
    talk(("Ann", "What was your first pet called?"), ("Ben", "Biscuit!"))
    scope = Memory.objects.for_principal(Principal(user=charlie)).active()
    assert ask("first pet", scope=scope).hits == []


def test_revised_words_are_the_ones_that_count(talk: Talk, ask: Ask) -> None:
    talk(("Ann", "Is it raining?"), ("Ben", "Yes"))
    memory = Memory.objects.get(text="Is it raining?")
    revise(memory=memory, revision=Revision(text="We married in June 2020"), actor=ACTOR)
    best = ask("When did they marry?").hits[0]
    assert best.memory == memory
    assert {"answer", "bm25"} <= set(best.signals)
    assert "raining" not in str(texts(ask("raining")))


def test_what_is_forgotten_lends_no_context_and_what_is_restored_does(talk: Talk, ask: Ask) -> None:
    talk(("Ben", "What was your first pet called?"), ("Ann", "Biscuit!"))
    question = Memory.objects.filter(text__startswith="What")

    def lends() -> bool:
        return any("window" in hit.signals for hit in ask("the first pet").hits if hit.memory.text == "Biscuit!")

    assert lends()
    forgetting.forget(memories=question, actor=ACTOR)
    assert not lends()
    forgetting.restore(memories=question, actor=ACTOR)
    assert lends()
