"""What there is to filter by."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Func, TextField

from accounts.models import Project
from accounts.principal import Principal
from memories.filters import ENTITIES
from memories.models import Memory

MOST = 1000


def filter_values(*, principal: Principal, project: Project) -> dict[str, Any]:
    """Return, by the names that filters have for them, the values that occur; the first thousand of each."""
    memories = Memory.objects.for_principal(principal).in_project(project).remembered().order_by()
    values: dict[str, Any] = {
        key: list(
            model._default_manager.for_principal(principal)  # type: ignore[attr-defined]
            .in_project(project)
            .order_by("name")
            .values_list("name", flat=True)[:MOST]
        )
        for key, model in ENTITIES.items()
    }
    for key, column, function in (
        ("categories", "categories", "unnest"),
        ("metadata_keys", "metadata", "jsonb_object_keys"),
    ):
        each = Func(F(column), function=function, output_field=TextField())
        found = memories.annotate(each=each).values_list("each", flat=True).distinct().order_by("each")
        values[key] = list(found[:MOST])
    return values
