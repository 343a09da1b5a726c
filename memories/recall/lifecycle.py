"""Reasons to rank higher that a project or a search asks for: how fresh a memory is, and of which layer."""

from __future__ import annotations

import time

import numpy as np

from accounts.models import Project
from memories.heat import retention
from memories.lifecycle import lifecycle_of
from memories.models.stated import Layer
from memories.recall.columns import LAYERS, Floats
from memories.recall.pool import Pool
from memories.recall.types import Boost

# As mem0 ranks them: "user memories first, then session notes, then raw history"
# (https://docs.mem0.ai/core-concepts/memory-types); what holds for everybody is as lasting as what holds for one.
SECONDS_A_DAY = 86_400
LAYER_SHARES = {Layer.USER: 1.0, Layer.ORGANIZATION: 1.0, Layer.SESSION: 0.5, Layer.CONVERSATION: 0.0}


class Freshness:
    """The memory was recalled or changed lately, or often: decay, seen from the other side.

    It takes nothing out: the stalest memory loses an eighth of what a score can be, and still comes before whatever
    answers worse. What is pinned doesn't fade.
    """

    name = "freshness"
    weight = 2.5

    def __init__(self, half_life_days: float) -> None:
        self._half_life = half_life_days

    def weigh(self, pool: Pool) -> Floats:
        """Return how much is left of each memory."""
        columns = pool.columns
        idle_days = (time.time() - columns.touched) / SECONDS_A_DAY
        return np.where(columns.pinned, 1.0, retention(idle_days, columns.visits, self._half_life))


class Lasting:
    """The memory holds beyond the run in which the search is made."""

    name = "layer"
    weight = 1.0

    def weigh(self, pool: Pool) -> Floats:
        """Return 1 for what lasts, less for what holds for the session, nothing for what was only just said."""
        shares = np.array([LAYER_SHARES[layer] for layer in LAYERS])
        return shares[pool.columns.layer]


def further_boosts(project: Project, *, layers_combined: bool = False) -> list[Boost]:
    """Return what ranks higher in a search of `project` besides what the settings list."""
    freshness = [Freshness(lifecycle_of(project).half_life_days)] if project.decay else []
    return [*freshness, *([Lasting()] if layers_combined else [])]
