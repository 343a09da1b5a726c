"""Whom a statement is about, without a language model to ask: only where it begins with them."""

import pytest

from memories.extraction.about import about
from tests.extraction.reading import extract, user


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My brother Ken is a nurse.", "Ken"),
        ("my mother lives in Oslo", "mother"),
        ("Yesterday, my best friend got married.", "best friend"),
        ("My sister's moving to Rome.", "sister"),
        ("弟の亮が今月からハノイに転勤になったの。", "亮"),
        ("うちの母もすっかり元気です", "母"),
        ("そういえば、妻は看護師です", "妻"),
        ("我妈上周六住院了", "妈妈"),
        ("对了，我女朋友是口腔科医生", "女朋友"),
    ],
)
def test_names_who_it_begins_with(text: str, expected: str) -> None:
    assert about(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "I live with my brother Ken.",
        "My brother's house burnt down.",
        "My mom and I made dinner.",
        "My job is hard.",
        "母の手術はうまくいった。",
        "私は母と住んでいます。",
        "我和我妈住在一起",
        "我的工作很忙",
        "",
    ],
)
def test_is_silent_otherwise(text: str) -> None:
    assert about(text) == ""


def test_a_kept_statement_says_who_said_it_and_whom_it_is_about() -> None:
    (statement,) = extract(user("My brother Ken is a nurse.", speaker="Maya")).statements
    assert (statement.speaker, statement.about) == ("Maya", "Ken")
