"""What a policy does to texts and values."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memories.privacy.kinds import KINDS
from memories.privacy.marks import is_refused
from memories.privacy.screening import Policy, counted, told
from memories.privacy.topics import named_topic as named
from memories.privacy.topics import nearest_topic, parse_topics

CARD = "4111 1111 1111 1111"


def test_by_default_secrets_are_masked_and_personal_details_kept() -> None:
    screened = Policy.of({}).screen(f"I'm ann@example.com, my card is {CARD} and my password is hunter2.")
    assert (
        screened.text == "I'm ann@example.com, my card is [masked:card_number] and my password is [masked:password]."
    )
    assert screened.withheld == {("card_number", "mask"): 1, ("password", "mask"): 1}
    assert screened.refused == ()


def test_a_project_decides_for_each_kind() -> None:
    policy = Policy.of({"card_number": "allow", "email": "mask", "password": "refuse"})
    assert policy.screen(f"{CARD}, ann@example.com").text == f"{CARD}, [masked:email]"
    screened = policy.screen("ann@example.com, password: hunter2")
    assert screened.text == "[refused:password]"
    assert screened.refused == ("password",)
    assert is_refused(screened.text)
    assert not is_refused("I typed [refused:password] once")


def test_values_are_screened_by_what_they_say_and_what_they_are_called() -> None:
    value = {
        "note": f"paid with {CARD}",
        "password": "opensesame",
        "tags": ["a", CARD],
        "n": 3,
        "ok": True,
        "no": None,
    }
    screened, withheld = Policy.of({}).screen_value(value)
    assert screened == {
        "note": "paid with [masked:card_number]",
        "password": "[masked:password]",
        "tags": ["a", "[masked:card_number]"],
        "n": 3,
        "ok": True,
        "no": None,
    }
    assert withheld == {("card_number", "mask"): 2, ("password", "mask"): 1}
    assert Policy.of({}).screen_value({"card": 4111111111111111})[0] == {"card": "[masked:card_number]"}


def test_counts_survive_storage() -> None:
    withheld = Counter({("email", "mask"): 2, ("card_number", "refuse"): 1})
    assert counted(told(withheld)) == withheld


def test_a_topic_is_named_by_its_words_in_any_form() -> None:
    topics = parse_topics(["health: diabetes, heart attacks、病気", "金钱：工资", " : "])
    assert [topic.name for topic in topics] == ["health", "金钱"]
    assert named("My health is fine", topics) == "health"
    assert named("He had two heart attacks", topics) == "health"
    assert named("My heart is full", topics) == ""
    assert named("去年病気になりました", topics) == "health"
    assert named("我的工资涨了", topics) == "金钱"
    assert named("My number is [masked:health]", topics) == ""


def test_a_topic_is_near_from_a_threshold_on() -> None:
    topics = parse_topics(["a", "b"])
    vectors = [[1.0, 0.0], [0.0, 1.0]]
    assert nearest_topic([0.5, 0.9], topics, vectors) == "b"
    assert nearest_topic([-1.0, 0.1], topics, vectors) == ""
    assert nearest_topic([0.0, 0.0], topics, vectors) == ""
    assert nearest_topic([1.0, 0.0], [], []) == ""


def test_a_mask_that_parts_a_number_leaves_nothing_of_it() -> None:
    screened = Policy.of({}).screen("My PIN 1234 4111 1111 1111 1111")
    assert screened.text == "My PIN [masked:password] [masked:card_number]"
    assert screened.withheld == {("password", "mask"): 1, ("card_number", "mask"): 1}


FRAGMENTS = [
    "My PIN ", "1234", " ", "4111 1111 1111 1111", "password: ", "hunter2", "sk-proj-", "abcdefghijklmnop1234567890AB",
    "+81 90-1234-5678", "ann@example.com", "-", ".", "DE89370400440532013000", "192.168.0.1", "born 1990-01-02", "é",
]  # fmt: skip


@pytest.mark.parametrize("policy", [{}, dict.fromkeys(KINDS, "mask")], ids=["by default", "all masked"])
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(parts=st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=8))
def test_screening_twice_is_the_same_as_once(policy: dict[str, str], parts: list[str]) -> None:
    once = Policy.of(policy).screen("".join(parts))
    again = Policy.of(policy).screen(once.text)
    assert (again.text, again.withheld) == (once.text, Counter())
