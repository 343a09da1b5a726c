"""What names somebody, what a text is without words, and what their hashes are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from memories.services.erasure.fingerprints import fingerprint
from memories.services.erasure.naming import says, strings, words
from memories.services.erasure.turns import without

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("what of Ann?", "ann", True),
        ("what of Anna?", "ann", False),
        ("planned by ann@example.com", "ann@example.com", True),
        ("planned by xann@example.com", "ann@example.com", False),
        ("田中さんの好物", "田中", True),
        ("x", "x", True),
        ("x and y", "x", False),
        ("(a+b)", "(a+b)", True),
    ],
)
def test_names_are_whole_words_where_there_are_words(text: str, name: str, found: bool) -> None:
    assert says(text, name) is found


def test_words_of_a_query_that_may_be_names() -> None:
    assert words("what of ann.b@example.com, 田中?") == ["what", "of", "ann.b@example.com", "田中"]


def test_every_string_of_a_value_is_seen() -> None:
    assert list(strings({"a": ["b", {"c": "d"}], "e": 1, "f": ("g", ONE)})) == ["b", "d", "g", str(ONE)]


@pytest.mark.parametrize(
    ("text", "wordings", "left"),
    [
        ("I sing. I  LIVE in\nOsaka! Bye", ["I live in Osaka."], "I sing. [erased]! Bye"),
        ("京都に住んでいます。寒いです。", ["京都に住んでいます。"], "[erased]寒いです。"),
        ("a (b) c", ["(b)"], "a [erased] c"),
        ("I live in Osaka and sing", ["I live", "I live in Osaka"], "[erased] and sing"),
        ("nothing of it", ["I live"], "nothing of it"),
        ("anything", [".", ""], "anything"),
    ],
)
def test_words_are_cut_out_whatever_their_case_and_spacing(text: str, wordings: list[str], left: str) -> None:
    assert without(text, wordings) == left


def test_hashes_differ_by_project_and_by_key_and_not_by_case(settings: Any) -> None:
    assert fingerprint(ONE, "Ann") == fingerprint(ONE, " ａｎｎ\n")
    assert fingerprint(ONE, "Ann") != fingerprint(OTHER, "Ann")
    before = fingerprint(ONE, "Ann")
    settings.SECRET_KEY = "another"
    assert fingerprint(ONE, "Ann") != before
