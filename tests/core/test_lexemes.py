from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from memories.lexemes import MAX_LEXEME_CHARS, any_of, lexemes, query_lexemes, search_terms, tsvector


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Running dogs", ["run", "dog"]),
        ("She's", ["she"]),
        ("ＡＢＣ１２３", ["abc123"]),
        ("抹茶", ["抹", "茶", "抹茶"]),
        ("医院", ["医", "院", "医院"]),
        ("ラーメン", ["ラ", "ー", "メ", "ン", "ラー", "ーメ", "メン"]),
        ("Tokyoで会う", ["tokyo", "で", "会", "う", "で会", "会う"]),
        ("mail anna@example.org", ["mail", "anna@example.org", "anna", "exampl", "org"]),
        ("v2.10.3", ["v2.10.3", "v2", "10", "3"]),
        ("Grüße, привет", ["grüsse", "привет"]),
        ("😀 …", []),
    ],
)
def test_the_words_of_a_text(text: str, expected: list[str]) -> None:
    assert lexemes(text) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("What is the dog's name?", ["dog", "name"]),
        ("who are you", ["who", "are", "you"]),
        ("抹茶", ["抹茶"]),
        ("茶", ["茶"]),
        ("京都の抹茶", ["京都", "都の", "の抹", "抹茶"]),
    ],
)
def test_a_query_asks_for_words_that_tell_something(query: str, expected: list[str]) -> None:
    assert query_lexemes(query) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stored", "asked", "found"),
    [
        ("昨日は京都で抹茶を飲みました", "抹茶", True),
        ("我明天要去医院看牙", "医院", True),
        ("我明天要去医院看牙", "医学", False),
        ("My passport number is X123-456.", "x123-456", True),
        ("it's a 'quoted' back\\slash", "quoted", True),
    ],
)
def test_postgres_finds_them(stored: str, asked: str, found: bool) -> None:
    assert matches(stored, asked) is found


def matches(stored: str, asked: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [tsvector(lexemes(stored)), any_of(query_lexemes(asked))])
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
@given(st.text(max_size=300).filter(lambda text: "\x00" not in text and lexemes(text) != []))
def test_every_text_can_be_indexed_and_finds_itself(text: str) -> None:
    assert matches(text, text)
    assert all(len(word) <= MAX_LEXEME_CHARS + 1 for word in lexemes(text))


@pytest.mark.django_db
def test_a_very_long_text_can_be_indexed() -> None:
    assert matches("tea " * 60_000 + "x" * 5_000, "tea")


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What does Ann drink?", ["ann", "drink"]),
        ("晓雯什么时候搬家？", ["晓", "雯", "搬", "家", "晓雯", "雯什", "候搬", "搬家"]),
        ("猫はどこ？", ["猫", "猫は", "はど", "どこ"]),
        ("是什么", ["是", "什", "么", "是什", "什么"]),
    ],
)
def test_questions_are_ranked_by_what_says_something(question: str, terms: list[str]) -> None:
    assert search_terms(question) == terms
