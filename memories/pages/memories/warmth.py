"""How warm a memory is, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import models
from django.utils.translation import gettext_lazy as _

from memories.heat import retention
from memories.lifecycle import PROMOTION_HEAT, lifecycle_of
from memories.models import Memory

# Twice recalled, or said again and recalled.
WARM = PROMOTION_HEAT / 2


class Warmth(models.TextChoices):
    """From asked for again and again to never."""

    HOT = "hot", _("Hot")
    WARM = "warm", _("Warm")
    COOL = "cool", _("Cool")


@dataclass(frozen=True, slots=True)
class Life:
    """How a memory fares: how warm it is, and what decay has left of it in per cent, None if it doesn't fade."""

    warmth: Warmth
    freshness: int | None


def life_of(memory: Memory, now: datetime) -> Life:
    """Return how `memory`, fetched with its project, fares at `now`."""
    heat = memory.heat_at(now)
    warmth = Warmth.HOT if heat >= PROMOTION_HEAT else Warmth.WARM if heat >= WARM else Warmth.COOL
    return Life(warmth, _freshness(memory, now))


def _freshness(memory: Memory, now: datetime) -> int | None:
    if not memory.project.decay or memory.pinned:
        return None
    touched = max(filter(None, (memory.visited_at, memory.updated_at)))
    days = (now - touched).total_seconds() / 86_400
    left = retention(np.array(days), np.array(float(memory.visits)), lifecycle_of(memory.project).half_life_days)
    return round(100 * float(left))
