"""What the verbatim extractor keeps and what it lets go, by examples in many languages."""

import pytest

from tests.extraction.examples import FACTS, QUESTIONS_WITH_FACTS, SMALL_TALK
from tests.extraction.reading import assistant, extract, kept, user


@pytest.mark.parametrize("text", FACTS)
def test_keeps_what_people_tell_of_themselves(text: str) -> None:
    assert kept(text) == [text]


@pytest.mark.parametrize("text", SMALL_TALK)
def test_lets_go_what_tells_nothing(text: str) -> None:
    assert kept(text) == []


@pytest.mark.parametrize("text", QUESTIONS_WITH_FACTS)
def test_keeps_a_question_that_states_a_fact_on_its_way(text: str) -> None:
    assert kept(text) == [text]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is your dog called?", "Luna."),
        ("How many children do you have?", "3"),
        ("どちらにお住まいですか？", "横浜です。"),
        ("你的猫叫什么名字？", "豆豆。"),
    ],
)
def test_a_bare_answer_counts_only_after_a_question(question: str, answer: str) -> None:
    assert [s.text for s in extract(assistant(question), user(answer, 1)).statements] == [answer]
    assert kept(answer) == []


@pytest.mark.parametrize("reply", ["Yes.", "Sounds good!", "はい。", "好的。", "Thanks!", "네"])
def test_a_nod_after_a_question_is_still_nothing(reply: str) -> None:
    assert not extract(assistant("Shall I go on?"), user(reply, 1)).statements


@pytest.mark.parametrize(
    "text", ["Hey Mel!", "Wow, Melanie, that's great!", "Thanks, Mel!", "Bye Melanie, talk soon!"]
)
def test_the_other_speakers_name_is_no_news(text: str) -> None:
    assert not extract(user("Hi!", 0, "Melanie"), user(text, 1, "Caroline")).statements


def test_what_an_assistant_or_the_system_says_is_never_kept() -> None:
    said = "I moved to Osaka in May and work at a bakery."
    turns = [assistant(said), user("Thanks!", 1)]
    assert not extract(*turns).statements
