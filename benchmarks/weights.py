"""Finding the signals' weights from questions with known answers, and what they are worth where they weren't found.

A question's candidates compete: the weights make the ones that answer likely under a softmax of the weighted sum
(Cao and others, "Learning to Rank: From Pairwise Approach to Listwise Approach", 2007), with a small penalty on
their squares. Leave one conversation out, and its questions tell how weights do that have never seen it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[np.float64]]
PENALTY = 1e-3
STEPS = 200
RATE = 0.3
# The candidates that compete with the answers: the nearest by the plain sum of all signals.
RIVALS = 120


@dataclass(frozen=True, slots=True)
class Case:
    """One question: its candidates' ids, their signals (candidates x names), and which of them answer it."""

    sample: str
    ids: Sequence[str]
    signals: Array
    relevant: frozenset[str]


def case(sample: str, hits: Sequence[Mapping[str, Any]], weights: Mapping[str, float], relevant: set[str]) -> Case:
    """Return the case of an answer of the API; a contribution is its signal's weight times what we want."""
    signals = [
        [hit["score_breakdown"].get(name, {}).get("contribution", 0.0) / weight for name, weight in weights.items()]
        for hit in hits
    ]
    said = np.array(signals, dtype=np.float64).reshape(len(hits), len(weights))
    # The score is a mean over the signals that have a say: undo the division.
    total = sum(weight for weight, column in zip(weights.values(), said.T, strict=True) if column.any())
    return Case(sample, [hit["id"] for hit in hits], said * total, frozenset(relevant))


def fit(cases: Sequence[Case]) -> Array:
    """Return the weights that best explain which candidates answer, by Adam from equal weights."""
    problems = [problem for one in cases if (problem := _problem(one)) is not None]
    weights = np.full(cases[0].signals.shape[1], 2.0)
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        slope = sum(_slope(weights, *problem) for problem in problems) / len(problems) + PENALTY * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        rate = RATE if step < STEPS * 2 // 3 else RATE / 5
        weights = weights - rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return weights


def _problem(one: Case) -> tuple[Array, Array] | None:
    """Return the signals of the answers and their rivals, and the mean signals of the answers."""
    answers = np.array([memory_id in one.relevant for memory_id in one.ids], dtype=bool)
    if not answers.any():
        return None
    plain = np.where(answers, np.inf, one.signals.sum(axis=1))
    chosen = np.argsort(-plain)[: max(RIVALS, int(answers.sum()))]
    return one.signals[chosen], one.signals[answers].mean(axis=0)


def _slope(weights: Array, signals: Array, wanted: Array) -> Array:
    scores = signals @ weights
    likely = np.exp(scores - scores.max())
    slope: Array = likely @ signals / likely.sum() - wanted
    return slope


def ranking(one: Case, weights: Array, k: int) -> list[str]:
    """Return the first `k` ids by the weighted sum."""
    order = np.argsort(-(one.signals @ weights), kind="stable")[:k]
    return [one.ids[i] for i in order]


def leave_one_out(cases: Sequence[Case], k: int) -> list[list[str]]:
    """Return each question's ranking by weights found on the other conversations, in order."""
    found = {name: fit([one for one in cases if one.sample != name]) for name in {one.sample for one in cases}}
    return [ranking(one, found[one.sample], k) for one in cases]


def interval(values: Sequence[float], *, draws: int = 2000) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean of `values`, always the same for the same values."""
    chance = random.Random(0)
    means = sorted(sum(chance.choices(values, k=len(values))) / len(values) for _ in range(draws))
    return means[int(draws * 0.025)], means[int(draws * 0.975)]
