"""How warm a memory is, and how fast it fades; plain numbers, no Django."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RECENCY_HOURS = 24.0


def heat(visits: int, interactions: int, idle: timedelta) -> float:
    """Return the heat of a memory: N_visit + L_interaction + exp(-hours / 24).

    `visits` counts the searches that have returned it, `interactions` the messages it rests on; `idle` is the time
    since it was last returned, or else since it was made. All three parts have the weight 1, as in MemoryOS' code:
    https://github.com/BAI-LAB/MemoryOS, memoryos-pypi/mid_term.py, `compute_segment_heat`; the paper is Kang et al.,
    "Memory OS of AI Agent", 2025, https://arxiv.org/abs/2506.06326.
    """
    hours = max(idle / timedelta(hours=1), 0.0)
    return visits + interactions + math.exp(-hours / RECENCY_HOURS)


def retention(idle_days: Floats, visits: Floats, half_life_days: float) -> Floats:
    """Return how much of each memory is left, 1 to nearly 0, when nobody has asked for it in its `idle_days`.

    It halves every `half_life_days`, and more slowly the more often it was recalled: each doubling of `visits` adds a
    half-life. That a recall strengthens is Ebbinghaus' curve as MemoryBank uses it (Zhong et al., 2023,
    https://arxiv.org/abs/2305.10250); there each recall adds as much as the first, which a busy app would use up in
    a day.
    """
    strength = half_life_days * (1.0 + np.log2(1.0 + visits))
    left: Floats = 0.5 ** (np.maximum(idle_days, 0.0) / strength)
    return left
