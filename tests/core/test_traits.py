"""What a text tells, and what a question asks for, in three languages."""

from __future__ import annotations

import pytest

from memories.traits import Trait, traits, wanted_traits

TIME, NUMBER, ASKS = Trait.TELLS_TIME, Trait.TELLS_NUMBER, Trait.ASKS


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I went there yesterday", TIME),
        ("We moved in 2019", TIME | NUMBER),
        ("I have two cats", NUMBER),
        ("Do you like tea?", ASKS),
        ("「元気？」", ASKS),
        ("先週の水曜に見つけた", TIME),
        ("家賃は七万八千円", NUMBER),
        ("八月二十九号科目二终于过了！", TIME | NUMBER),
        ("I like tea", Trait(0)),
    ],
)
def test_what_a_text_tells(text: str, told: Trait) -> None:
    assert traits(text) == told


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("When did Ann move?", TIME),
        ("How many cats has she?", NUMBER),
        ("How long did it take?", TIME | NUMBER),
        ("手術を受けたのはいつ？", TIME),
        ("家賃はいくら？", NUMBER),
        ("哪天办喜事？", TIME),
        ("What does she drink?", Trait(0)),
    ],
)
def test_what_a_question_wants(question: str, wanted: Trait) -> None:
    assert wanted_traits(question) == wanted
