"""One round of consolidation."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from accounts.models import Project
from memories.services.consolidation.crowding import relieve
from memories.services.consolidation.expiring import expire
from memories.services.consolidation.promoting import promote

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Consolidated:
    """How many memories were promoted, have expired, or were put aside because a person had too many."""

    promoted: int = 0
    expired: int = 0
    relieved: int = 0


def consolidate() -> Consolidated:
    """Consolidate every project and return what was done. It asks no language model.

    What is hot is promoted before anything ends, so that it outlives its session. Each step is in small transactions
    of its own; whatever is left when a worker dies, the next round finds. A project that fails doesn't hold up the
    others.
    """
    done = Consolidated()
    for project in Project.objects.order_by("pk").iterator():
        try:
            done.promoted += promote(project)
            done.expired += expire(project)
            done.relieved += relieve(project)
        except Exception:
            logger.exception("Consolidating the project %s failed.", project.pk)
    return done
