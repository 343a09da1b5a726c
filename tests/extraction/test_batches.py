"""Long conversations are read in parts that fit, and nothing of them is left out."""

import hypothesis.strategies as st
from hypothesis import given

from memories.extraction.batches import CARRIED, batches, tokens
from memories.extraction.types import ExtractionRequest, Turn


def turns_of(*texts: str) -> list[Turn]:
    return [Turn(i, "user", text) for i, text in enumerate(texts)]


def test_tokens_weigh_scripts_differently() -> None:
    assert tokens("abcdefgh") == 2
    assert tokens("抹茶ラテ") == 4
    assert tokens("") == 0


def test_a_short_conversation_is_one_part() -> None:
    request = ExtractionRequest(turns=turns_of("a", "b"), earlier=[Turn(-1, "user", "before")])
    (part,) = batches(request, 1000)
    assert list(part.turns) == request.turns
    assert list(part.earlier) == request.earlier


def test_each_part_has_the_last_turns_before_it() -> None:
    parts = list(batches(ExtractionRequest(turns=turns_of(*["x" * 400] * 9)), 300))
    assert [len(part.turns) for part in parts] == [2, 2, 2, 2, 1]
    assert list(parts[0].earlier) == []
    assert [turn.index for turn in parts[1].earlier] == [0, 1]
    assert all(len(part.earlier) <= CARRIED for part in parts)


def test_a_turn_too_long_for_one_part_goes_on_in_the_next_at_a_line_or_space() -> None:
    text = "one two three. " * 60
    parts = list(batches(ExtractionRequest(turns=turns_of(text)), 100))
    pieces = [turn.text for part in parts for turn in part.turns]
    assert len(pieces) > 1
    assert "".join(pieces) == text
    assert {turn.index for part in parts for turn in part.turns} == {0}
    assert all(piece.endswith(" ") for piece in pieces)


@given(st.lists(st.text(max_size=300), max_size=8), st.integers(50, 400))
def test_no_part_is_too_long_and_nothing_is_lost(texts: list[str], budget: int) -> None:
    parts = list(batches(ExtractionRequest(turns=turns_of(*texts)), budget))
    read: dict[int, str] = {}
    for part in parts:
        assert part.turns
        assert sum(tokens(turn.text) for turn in part.turns) <= budget
        for turn in part.turns:
            read[turn.index] = read.get(turn.index, "") + turn.text
    assert read == dict(enumerate(texts))
