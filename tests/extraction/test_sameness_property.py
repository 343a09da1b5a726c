"""Merging never loses a number, a denial, or the difference between two people, whatever the wording."""

import hypothesis.strategies as st
from hypothesis import given

from memories.extraction.sameness import alike

WORDS = st.sampled_from(
    ["I", "my", "cat", "tea", "likes", "lives", "in", "Osaka", "not", "really", "the", "a", "was", "from", "Ann"]
)
SENTENCES = st.lists(WORDS, min_size=2, max_size=8).map(" ".join)


@given(SENTENCES)
def test_a_statement_is_like_itself_however_it_is_typed(text: str) -> None:
    assert alike(text, f"  {text.upper()}!  ")
    assert alike(text, f"By the way, {text}.")


@given(SENTENCES, st.integers(0, 99), st.integers(0, 99))
def test_another_number_is_another_statement(text: str, one: int, other: int) -> None:
    assert alike(f"{text} {one}", f"{text} {other}") is (one == other)
    assert alike(f"猫は{one}歳です", f"猫は{other}歳だよ") is (one == other)
    assert alike(f"我的猫{one}岁", f"我的猫{other}岁呢") is (one == other)


@given(SENTENCES)
def test_its_denial_is_another_statement(text: str) -> None:
    assert not alike(text, f"{text} not")
    assert not alike(f"Ann {text}", f"Bob {text}")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert alike(one, other) is alike(other, one)
