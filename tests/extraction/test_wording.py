"""What texts are compared by: terms, numbers, denial; and what counts as the same statement, or as one at odds."""

import pytest

from memories.extraction.odds import at_odds, changes, same_thing
from memories.extraction.sameness import alike
from memories.extraction.wording import is_negated, numbers, terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My cat is 3.", {"3"}),
        ("My cat is three years old", {"3"}),
        ("１２．４まで戻った", {"12.4"}),
        ("猫は三歳です", {"3"}),
        ("一本千八百円した", {"1", "1800"}),
        ("修理に四万かかる、二十五メートル", {"40000", "25"}),
        ("二〇二六年の十月", {"2026", "10"}),
        ("首付一百二十万元，两个孩子", {"1200000", "2"}),
        ("一緒に行くのが一番、万一のとき", set()),
        ("No numbers at all", set()),
    ],
)
def test_numbers_however_they_are_written(text: str, expected: set[str]) -> None:
    assert numbers(text) == expected


@pytest.mark.parametrize(
    "text",
    ["I don't smoke", "No longer at Acme", "肉は食べません", "もう働いていない", "我不吃肉", "Ich bin nicht da"],
)
def test_denial(text: str) -> None:
    assert is_negated(text)


@pytest.mark.parametrize("text", ["I smoke", "肉を食べます", "我吃肉", "Notes from Nora"])
def test_no_denial(text: str) -> None:
    assert not is_negated(text)


def test_terms_are_words_with_a_meaning_and_pairs_of_characters() -> None:
    assert terms("I live in the city of Osaka") == {"liv", "city", "osaka"}
    assert terms("lives lived living") == {"liv"}
    assert terms("大阪に住んでいる") == {"大阪", "阪に", "に住", "住ん"}
    assert terms("ねこ") == {"ねこ"}
    assert "がす" not in terms("猫がすき")
    assert "がす" in terms("猫がすき", every=True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I am allergic to peanuts.", "I'm ALLERGIC to peanuts!"),
        ("I have a cat.", "By the way, I have a cat"),
        ("I really don't like tea", "I do not like tea."),
        ("猫を飼っています。", "私は猫を飼っているよ"),
        ("そばアレルギーです", "実は私はそばアレルギーなんです。"),
        ("我对芒果过敏。", "我对芒果过敏呢！"),
    ],
)
def test_the_same_in_hardly_other_words(one: str, other: str) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("My cat is 3", "My cat is 4"),
        ("I like tea", "I don't like tea"),
        ("I like tea", "He likes tea"),
        ("Ann loves Bob", "Bob loves Ann"),
        ("I moved to Osaka", "I moved from Osaka"),
        ("I was a nurse", "I am a nurse"),
        ("I have a cat", "I have cats"),
        ("猫を飼っています", "猫を飼っていません"),
        ("猫は三歳です", "猫は四歳です"),
        ("母はそばアレルギーです", "私はそばアレルギーです"),
        ("我吃肉", "我不吃肉"),
        ("我过敏了", "我过敏"),
    ],
)
def test_what_differs_in_a_number_a_name_a_denial_or_the_time_is_not_the_same(one: str, other: str) -> None:
    assert not alike(one, other)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("My cat is 4 years old", "My cat is 3 years old"),
        ("I don't like coffee", "I like coffee"),
        ("I live in Kyoto now", "I live in Osaka with Ken"),
        ("I work at Apple", "I work for Google as a nurse"),
        ("My favourite colour is red", "My favourite colour is blue"),
        ("私は京都に住んでいます", "大阪に住んでいるよ"),
        ("体重は六十キロ、体脂肪は20度です", "体重は六十キロ、体脂肪は18度です"),
        ("我住在北京", "我住在上海"),
    ],
)
def test_statements_at_odds(newer: str, older: str) -> None:
    assert at_odds(newer, older)


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        ("I like tea", "I like coffee"),
        ("I have a dog", "I have a cat"),
        ("My sister lives in Kyoto", "I live in Osaka"),
        ("I live in Osaka", "I live in Osaka"),
        ("My brother is a nurse", "My mother is a nurse"),
        ("我喜欢喝茶", "我喜欢吃鱼"),
    ],
)
def test_statements_that_go_together(newer: str, older: str) -> None:
    assert not at_odds(newer, older)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I switched to oat milk", True),
        ("朝の一杯はルイボスティーに替えた", True),
        ("写真は卒業アルバムに載った", False),
        ("我改喝老鹰茶", True),
        ("I drink oat milk", False),
    ],
)
def test_words_that_tell_of_a_change(text: str, expected: bool) -> None:
    assert changes(text) is expected


def test_the_same_thing_is_not_just_the_same_day() -> None:
    assert same_thing("俺は卓球部を若い先生に引き継いだ", "卓球部の顧問になった")
    assert not same_thing("今月は二十五日まで", "今月はよく歩いた")
