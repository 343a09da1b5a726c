"""Is the operator's Neo4j what NEO4J_URI says it is?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from graphs.stores import neo4j


@register("services", deploy=True)
def neo4j_answers(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Sign in to the Neo4j that is set; `manage.py up` runs this before it starts anything."""
    if not settings.NEO4J_URI:
        return []
    try:
        neo4j.verify(settings.NEO4J_URI, user=settings.NEO4J_USER, password=settings.NEO4J_PASSWORD)
    except neo4j.GraphStoreError as error:
        hint = "Check NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD, or unset NEO4J_URI to do without."
        return [Error(str(error), hint=hint, id="graphs.E001")]
    return []
