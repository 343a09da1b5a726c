"""Finding weights: the signal that tells the answer counts, the one that doesn't, doesn't."""

from __future__ import annotations

import random

import pytest

from benchmarks.weights import Case, case, fit, interval, leave_one_out, np


def made(sample: str, seed: int) -> Case:
    """Ten candidates, of which the first answers: the first signal says so, the second is chance."""
    chance = random.Random(seed)
    signals = np.array([[0.9 if i == 0 else chance.random() * 0.8, chance.random()] for i in range(10)])
    return Case(sample, [f"{seed}-{i}" for i in range(10)], signals, frozenset({f"{seed}-0"}))


CASES = [made(sample, seed) for seed, sample in enumerate("abc" * 8)]


def test_the_signal_that_tells_the_answer_gets_the_weight() -> None:
    told, chance = fit(CASES)
    assert told > 3 * abs(chance)


def test_each_conversation_is_ranked_by_weights_of_the_others() -> None:
    rankings = leave_one_out(CASES, 3)
    assert [ranking[0] for ranking in rankings].count("0-0") == 1
    assert sum(ranking[0] in one.relevant for ranking, one in zip(rankings, CASES, strict=True)) > 20
    assert {len(ranking) for ranking in rankings} == {3}


def test_a_case_undoes_what_the_score_divided_by() -> None:
    hits = [{"id": "x", "score_breakdown": {"a": {"contribution": 0.5}, "b": {"contribution": 0.25}}}]
    one = case("s", hits, {"a": 4.0, "b": 2.0, "unsaid": 2.0}, {"x"})
    assert one.signals.tolist() == [[0.75, 0.75, 0.0]]


def test_the_interval_holds_the_mean_and_narrows() -> None:
    few, many = interval([0.0, 1.0] * 5), interval([0.0, 1.0] * 500)
    assert few[0] < 0.5 < few[1]
    assert many[1] - many[0] < few[1] - few[0]
    assert interval([1.0]) == pytest.approx((1.0, 1.0))
