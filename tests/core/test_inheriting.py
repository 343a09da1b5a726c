"""An extracted statement is found by what was said in the messages it rests on."""

from __future__ import annotations

import numpy as np
import pytest

from accounts.models import Project, User
from accounts.principal import Principal
from memories.extraction.types import Extraction, ExtractionRequest, Statement
from memories.models import Memory
from memories.recall.types import Hit
from memories.recall.words import Held, Words
from memories.services.record import Conversation, Said, record
from memories.services.search import search

pytestmark = pytest.mark.django_db
TALK = (
    "The hamster from next door came by again, I call it Biscuit.",
    "We went to the lake with a red canoe on Sunday.",
    "My tax return is late because of the strike.",
    "The dentist moved to Harbour Street.",
    "I have a new desk.",
)


class LastWords:
    """Keeps what a turn ends with."""

    name = "last words"
    prompt_version = ""
    compares = False

    def extract(self, request: ExtractionRequest) -> Extraction:
        kept = [" ".join(text.split()[-3:]) for text in TALK]
        return Extraction(statements=[Statement(text=text, evidence=(i,)) for i, text in enumerate(kept)])


@pytest.fixture
def talk(alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch) -> Principal:
    """Alice, whose app was told of all that in one go."""
    monkeypatch.setattr("memories.ingestion.steps.get_extractor", LastWords)
    principal = Principal(user=alice)
    said = [Said(role="user", text=text) for text in TALK]
    conversation = Conversation(said=said, entities={"user_id": "ann", "run_id": "r1"}, infer=True, wait=True)
    record(principal=principal, project=alice_project, conversation=conversation)
    return principal


def found(principal: Principal, project: Project, query: str) -> list[Hit]:
    scope = Memory.objects.for_principal(principal).active()
    return search(principal=principal, project=project, scope=scope, query=query).hits


def test_words_that_the_extractor_left_out_count(talk: Principal, alice_project: Project) -> None:
    hits = {hit.memory.text: hit for hit in found(talk, alice_project, "the strike and the tax")}
    late, moved, desk = (hits[text] for text in ("of the strike.", "to Harbour Street.", "a new desk."))
    strike = {hit.memory.text: hit for hit in found(talk, alice_project, "the strike")}["of the strike."]
    assert next(iter(hits)) == "of the strike."
    assert late.signals["bm25"].score > strike.signals["bm25"].score, "the tax was left out"
    assert moved.signals["bm25"].score > 0, "it was said right after it"
    assert "bm25" not in desk.signals, "two turns on nobody speaks of it any more"


def test_a_sitting_is_all_that_was_said_in_it(talk: Principal, alice_project: Project) -> None:
    hits = found(talk, alice_project, "hamster, canoe")
    assert {hit.memory.text for hit in hits if hit.signals["session"].score == 1} == {
        " ".join(text.split()[-3:]) for text in TALK
    }


def test_turns_are_scored_as_they_stand(alice: User, alice_project: Project) -> None:
    principal = Principal(user=alice)
    said = [Said(role="user", text=text) for text in TALK]
    entities = {"user_id": "ann", "run_id": "r1"}
    record(
        principal=principal,
        project=alice_project,
        conversation=Conversation(said=said, entities=entities, infer=False),
    )
    hits = found(principal, alice_project, "the strike and the tax")
    assert [hit.memory.text for hit in hits if "bm25" in hit.signals] == [TALK[2]]


def words(counts: list[list[float]], idf: list[float]) -> Words:
    """Return the words of a table of terms and candidates."""
    return Words(held(counts), np.array(idf))


def held(counts: list[list[float]]) -> Held:
    return Held.of([(t, row, n) for t, of_term in enumerate(counts) for row, n in enumerate(of_term) if n])


def test_what_is_inherited_counts_by_its_rarity_and_what_is_held_isnt_counted_twice() -> None:
    said = words([[2.0, 0.0, 0.0], [0.0, 0.0, 1.0]], [0.5, 2.0])
    scores = np.array([1.0, np.nan, 3.0])
    assert said.inheriting(scores, held([[1.0, 3.0, 0.0], [0.0, 1.0, 1.0]])).tolist() == [1.0, 2.5, 3.0]
    assert said.inheriting(scores, held([])) is scores


def test_a_word_that_no_statement_holds_is_a_rare_one() -> None:
    said = words([[1.0, 0.0], [0.0, 0.0]], [0.5, 0.0])
    assert said.inheriting(np.array([0.5, np.nan]), held([[0.0, 0.0], [0.0, 1.0]])).tolist() == [0.5, 0.5]


def test_what_nobody_inherits_stays_unfound() -> None:
    scores = words([[0.0, 0.0]], [0.0]).inheriting(np.array([np.nan, np.nan]), held([[0.0, 0.0]]))
    assert np.isnan(scores).all()
