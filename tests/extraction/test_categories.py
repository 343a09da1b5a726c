"""Which categories a statement seems to belong to."""

import pytest

from memories.extraction.categories import DEFAULT_CATEGORIES, categorize
from memories.extraction.types import ExtractionRequest
from memories.extraction.verbatim import VerbatimExtractor
from tests.extraction.reading import user


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("My name is Priya and I was born in 1990.", "personal_details"),
        ("My mother-in-law lives next door.", "family"),
        ("I got a new job as an engineer.", "professional_details"),
        ("I'm training for a marathon.", "sports"),
        ("We booked a hotel near the airport.", "travel"),
        ("I had sushi for dinner.", "food"),
        ("I play the violin in an orchestra.", "music"),
        ("I'm allergic to penicillin.", "health"),
        ("I program in Python on Linux.", "technology"),
        ("I took up pottery and knitting.", "hobbies"),
        ("I bought a red jacket and boots.", "fashion"),
        ("We watched three films on Netflix.", "entertainment"),
        ("We got engaged and the wedding is in May.", "milestones"),
        ("I prefer window seats.", "user_preferences"),
        ("The sky over the hill was green.", "misc"),
        ("妹が結婚します。", "milestones"),
        ("抹茶ラテを毎朝飲む。", "food"),
        ("病院で手術を受けた。", "health"),
        ("来月ハノイへ旅行する。", "travel"),
        ("ピアノを習っている。", "music"),
        ("我妈在医院做手术。", "health"),
        ("我儿子喜欢弹钢琴。", "music"),
        ("下个月坐高铁去旅游。", "travel"),
        ("我在公司加班。", "professional_details"),
    ],
)
def test_the_keyword_decides(text: str, category: str) -> None:
    found = categorize(text, {})
    assert category in found
    assert len(found) <= 2


def test_a_word_inside_another_does_not_count() -> None:
    assert categorize("The season began at the station.", {}) == ("misc",)


def test_only_what_is_offered_is_returned() -> None:
    assert categorize("My mother plays the violin.", {"music": "Songs"}) == ("music",)
    assert categorize("The sky is green.", {"music": "Songs"}) == ()
    assert categorize("My mother plays the violin.", {"contracts": "Ours"}) == ()


def test_statements_carry_them() -> None:
    request = ExtractionRequest(
        turns=[user("I play the violin in an orchestra.")], categories=dict(DEFAULT_CATEGORIES)
    )
    assert VerbatimExtractor().extract(request).statements[0].categories == ("music",)
