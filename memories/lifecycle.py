"""How long a project's memories last and what is done with them over time: the settings, read from its row.

They lie in one column, `Project.lifecycle`, of which only what differs from the defaults is stored: whoever knows the
project knows them without another query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from accounts.models import Project

# MemoryOS' threshold for what its mid-term memory hands over to the long-term one (memoryos.py, 2025).
PROMOTION_HEAT = 5.0
HALF_LIFE_DAYS = 30.0
MOST_DAYS = 36_500
MOST_CATEGORIES = 200
MOST_CAPACITY = 1_000_000
MOST_HEAT = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """The settings of a project.

    `layer_days` and `category_days` say after how many days without a change a memory of the layer or category is put
    aside; what isn't in them stays. A category's days go before its layer's; of several categories the fewest days
    count. `capacity` is how many active memories a person may have, 0 for any number. A session memory becomes a user
    memory at `promotion_heat`, at 0 none does. `half_life_days` is how fast decay goes, which `Project.decay` turns
    on. With `combine_layers`, a search that names a run looks through all layers as if it had asked for it.
    """

    layer_days: Mapping[str, int] = field(default_factory=dict)
    category_days: Mapping[str, int] = field(default_factory=dict)
    capacity: int = 0
    promotion_heat: float = PROMOTION_HEAT
    half_life_days: float = HALF_LIFE_DAYS
    combine_layers: bool = False

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as the API writes them."""
        return asdict(self)


def lifecycle_of(project: Project) -> Lifecycle:
    """Return the project's settings."""
    return Lifecycle(**project.lifecycle)


def stored_lifecycle(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return of complete settings what `Project.lifecycle` stores: what differs from the defaults."""
    defaults = Lifecycle().as_dict()
    return {name: value for name, value in settings.items() if value != defaults[name]}
