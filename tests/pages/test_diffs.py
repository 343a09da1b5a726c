"""What people see of a change: words in spaced scripts, characters in the others, and never a lost letter."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memories.pages.diffs import Op, diff, pieces

E, D, N = Op.EQUAL, Op.DELETE, Op.INSERT
# Letters that are hard to cut between: spaces, Han, Kana, Thai, Devanagari, an accent that stands alone, joined emoji.
TEXT = st.text(alphabet="ab .,\n抹茶がกำहिन\u0301\u200d👩💻", max_size=40)


def old_of(found):
    return "".join(text for op, text in found if op != N)


def new_of(found):
    return "".join(text for op, text in found if op != D)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        ("same", "same", [(E, "same")]),
        ("", "new", [(N, "new")]),
        ("old", "", [(D, "old")]),
        (
            "She lives in Lisbon now.",
            "She lives in Porto now.",
            [(E, "She lives in "), (D, "Lisbon"), (N, "Porto"), (E, " now.")],
        ),
        ("likes tea", "likes green tea", [(E, "likes "), (N, "green "), (E, "tea")]),
        (
            "来月、京都へ引っ越す。",
            "来月、大阪へ引っ越す。",
            [(E, "来月、"), (D, "京都"), (N, "大阪"), (E, "へ引っ越す。")],
        ),
        ("我对花生过敏", "我对花生和虾过敏", [(E, "我对花生"), (N, "和虾"), (E, "过敏")]),
        ("저는 서울에 살아요", "저는 부산에 살아요", [(E, "저는 "), (D, "서울에"), (N, "부산에"), (E, " 살아요")]),
        ("iPhone15を使う", "iPhone16を使う", [(D, "iPhone15"), (N, "iPhone16"), (E, "を使う")]),
    ],
)
def test_a_change_is_shown_in_the_pieces_people_read(old, new, expected):
    assert diff(old, new) == expected


def test_neighbouring_changed_words_are_one_change():
    assert diff("I drive an old red car today", "I drive an electric blue car today") == [
        (E, "I drive an "),
        (D, "old red"),
        (N, "electric blue"),
        (E, " car today"),
    ]


def test_texts_that_have_little_in_common_are_shown_whole():
    old, new = "The cat is on the roof.", "Prefers trains, dislikes flying. Always."
    assert diff(old, new) == [(D, old), (N, new)]


def test_accents_vowel_signs_and_joined_emoji_stay_with_their_letter():
    assert pieces("e\u0301a") == ["e\u0301a"]
    assert pieces("हिन्दी ठीक") == ["हिन्दी", " ", "ठीक"]
    assert pieces("น้ำ") == ["น้", "ำ"]
    assert pieces("👩\u200d💻!") == ["👩\u200d💻", "!"]


@given(TEXT, TEXT)
def test_nothing_is_lost_or_made_up(old, new):
    found = diff(old, new)
    assert old_of(found) == old
    assert new_of(found) == new
    assert all(text for _op, text in found)


@given(TEXT)
def test_pieces_make_up_the_text(text):
    assert "".join(pieces(text)) == text


@pytest.mark.parametrize(
    ("old", "new"), [("あ" * 900, "いあ" * 500), ("a b " * 249, "b c a " * 160), ("x " * 9000, "y " * 9000)]
)
def test_repetitions_do_not_stall_the_page(old, new):
    start = time.monotonic()
    diff(old, new)
    assert time.monotonic() - start < 2


def test_a_huge_text_is_compared_in_time_and_without_loss():
    old = "".join(chr(0x4E00 + i % 5000) for i in range(30_000))
    new = old[:100] + "変" + old[101:29_000] + "更" + old[29_000:]
    start = time.monotonic()
    found = diff(old, new)
    assert time.monotonic() - start < 2
    assert (old_of(found), new_of(found)) == (old, new)
    assert found[0] == (E, old[:100])


def test_a_small_change_in_a_long_text_stays_small():
    old = "".join(f"Sentence {i} says that the number {i * 7} is in the list. " for i in range(60))
    new = old.replace("number 35 ", "price 35 ").replace("Sentence 50 says", "Sentence 50 denies")
    changed = [piece for piece in diff(old, new) if piece.op != E]
    assert changed == [(D, "number"), (N, "price"), (D, "says"), (N, "denies")]
