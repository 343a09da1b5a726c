"""What a reader is told besides an event's own turns, and whose memories an event may touch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from memories.models import Event, Memory
from memories.providers import get_embedder
from memories.services.person import memories_of, whose
from memories.services.surroundings import EARLIER, EXCHANGE, KNOWN
from providers.errors import ProviderUnavailable
from tests.core.reading import LATER, THEN, Reader, model_on_the_wire, tell
from tests.extraction.replies import block

pytestmark = pytest.mark.django_db
ANN = {"user_id": "ann"}


@pytest.fixture
def reader(settings: Any) -> Iterator[Reader]:
    with model_on_the_wire(settings) as reader:
        yield reader


def earlier(reader: Reader) -> list[str]:
    return [row["text"] for row in block(reader.prompt, "earlier")]


def known(reader: Reader) -> list[str]:
    return [row["text"] for row in block(reader.prompt, "known")]


def test_the_last_turns_of_the_run_in_their_order(reader: Reader, alice: User) -> None:
    run = {**ANN, "run_id": "r"}
    for day in range(3):
        texts = [f"Day {day}, turn {turn}." for turn in range(3)]
        tell(alice, *texts, entities=run, said_at=THEN + timedelta(days=day))
    tell(alice, "Now.", entities=run, said_at=LATER)
    assert len(earlier(reader)) == EARLIER
    assert earlier(reader) == [f"Day {day}, turn {turn}." for day in (1, 2) for turn in range(3)]


def test_without_a_run_only_what_was_said_lately(reader: Reader, alice: User) -> None:
    tell(alice, "Long ago.", said_at=LATER - EXCHANGE - timedelta(minutes=1))
    tell(alice, "Just now.", said_at=LATER - timedelta(minutes=1))
    tell(alice, "In a run.", said_at=LATER - timedelta(minutes=1), entities={**ANN, "run_id": "r"})
    tell(alice, "By somebody else.", said_at=LATER - timedelta(minutes=1), entities={"user_id": "ben"})
    tell(alice, "Now.", said_at=LATER)
    assert earlier(reader) == ["Just now."]


def test_a_long_earlier_turn_is_shortened_and_a_later_one_is_no_context(reader: Reader, alice: User) -> None:
    tell(alice, "Afterwards.", said_at=LATER + timedelta(minutes=1))
    tell(alice, "x" * 5000, said_at=LATER - timedelta(minutes=1))
    tell(alice, "Now.", said_at=LATER)
    assert earlier(reader) == ["x" * 500 + "…"]


def test_the_known_are_few_near_and_in_force(reader: Reader, alice: User) -> None:
    tell(alice, *[f"Ann bought book number {number}." for number in range(KNOWN + 5)])
    tell(alice, "Ann has a tabby cat called Tama.", "Ann left the chess club.", "Ann hates chess.")
    Memory.objects.filter(text="Ann left the chess club.").update(state="paused")
    Memory.objects.filter(text="Ann hates chess.").update(valid_until=THEN)
    tell(alice, "What does my tabby cat Tama eat?", said_at=LATER)
    assert len(known(reader)) == KNOWN
    assert known(reader)[0] == "Ann has a tabby cat called Tama."
    assert not {"Ann left the chess club.", "Ann hates chess."} & set(known(reader))


def test_every_part_of_a_long_event_asks_for_its_own(reader: Reader, alice: User) -> None:
    tell(alice, "Ann has a tabby cat called Tama.", "Ann plays chess on Fridays.", "Ann drives a red Fiat.")
    filler = [f"Something else, number {number}, that goes on." for number in range(20)]
    tell(alice, "The tabby cat Tama is ill.", *filler, "The red Fiat broke down.", said_at=LATER)
    assert set(known(reader)[:6]) >= {"Ann has a tabby cat called Tama.", "Ann drives a red Fiat."}


def test_nothing_is_looked_for_where_nobody_makes_use_of_it(
    alice: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(text: str) -> list[float]:
        raise AssertionError("nobody asks")

    monkeypatch.setattr(get_embedder(), "embed_query", fail)
    monkeypatch.setattr(get_embedder(), "embed", lambda texts: [[1.0] + [0.0] * 383 for _ in texts])
    tell(alice, "I keep bees.")
    with model_on_the_wire(settings) as reader:
        tell(alice, "Stored as it is.", infer=False)
        assert reader.wire.chats == []


def test_without_any_retriever_the_event_waits_for_another_try(
    reader: Reader, alice: User, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def fail(*args: Any) -> Any:
        raise ProviderUnavailable("The embedder is away.")

    settings.RETRIEVERS = ["memories.recall.dense.Dense"]
    from memories.services import search

    search.retrievers.cache_clear()
    try:
        monkeypatch.setattr(get_embedder(), "embed_query", fail)
        with pytest.raises(AssertionError, match="embedder is away"):
            tell(alice, "I keep bees.")
    finally:
        search.retrievers.cache_clear()
    event = Event.objects.get()
    assert (event.status, event.error_code) == ("PENDING", "ProviderUnavailable")
    assert reader.wire.chats == []
    assert event.messages.count() == 1


@pytest.mark.parametrize(
    ("told", "asked", "reached"),
    [
        (ANN, ANN, True),
        ({**ANN, "run_id": "one"}, {**ANN, "run_id": "two"}, True),
        (ANN, {"user_id": "ben"}, False),
        ({**ANN, "app_id": "a"}, {**ANN, "app_id": "b"}, False),
        ({**ANN, "agent_id": "a"}, ANN, False),
        ({"agent_id": "a", "run_id": "one"}, {"agent_id": "a", "run_id": "two"}, True),
        ({"run_id": "one"}, {"run_id": "two"}, False),
        ({"run_id": "one"}, {"run_id": "one"}, True),
        ({"app_id": "a", "run_id": "one"}, {"app_id": "a", "run_id": "two"}, False),
    ],
)
def test_whose_memories_an_event_may_touch(
    alice: User, told: dict[str, str], asked: dict[str, str], reached: bool
) -> None:
    tell(alice, "I keep bees.", entities=told)
    event = tell(alice, "Hello!", entities=asked)
    assert memories_of(event).exists() is reached
    assert ("run_id" in whose(event)) is (set(asked) <= {"run_id", "app_id"})
