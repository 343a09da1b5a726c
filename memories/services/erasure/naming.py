"""Rows that name somebody in free words or in a filter, without a key that leads to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import ApiKey
from memories.models import AccessLog, MemoryExport, SavedFilter
from memories.services.erasure.traces import Traces

# Shorter names are in too many queries that have nothing to do with anybody; 田中 says as much as six letters do.
SHORTEST, SHORTEST_CJK = 3, 2
_WORD = re.compile(r"[\w.@+-]+")


def exports_naming(traces: Traces) -> QuerySet[MemoryExport]:
    """Return the exports whose request names the entity."""
    rows = MemoryExport.objects.filter(project__in=traces.projects).values_list("pk", "filters", "end_user_name")
    return MemoryExport.objects.filter(
        pk__in=[pk for pk, filters, limit in rows if traces.name in (limit, *strings(filters))] if traces.name else []
    )


def filters_naming(traces: Traces) -> QuerySet[SavedFilter]:
    """Return the saved filters that name the entity, in the filter or in the query."""
    rows = SavedFilter.objects.filter(project__in=traces.projects).values_list("pk", "filters", "query", "name")
    return SavedFilter.objects.filter(
        pk__in=[
            pk
            for pk, filters, query, title in rows
            if traces.name in strings(filters) or says(query, traces.name) or says(title, traces.name)
        ]
        if traces.name
        else []
    )


def reads_naming(traces: Traces) -> Q:
    """Return the condition for reads whose query names the person, or that were made with a key of theirs."""
    if not traces.is_person:
        return Q(pk=None)
    keys = [str(key) for key in ApiKey.objects.filter(project__in=traces.projects, end_user_name=traces.name)]
    naming = Q(pk=None)
    if not traces.name.isascii() and len(traces.name) >= SHORTEST_CJK:
        # Japanese and Chinese put no space around a name.
        naming = Q(query__icontains=traces.name)
    elif len(traces.name) >= SHORTEST:
        naming = Q(query__iregex=rf"(^|\W){re.escape(traces.name)}($|\W)")
    return Q(project__in=traces.projects) & (naming | Q(reader__in=keys))


def access_of(traces: Traces) -> QuerySet[AccessLog]:
    """Return the reads that returned one of the memories, or name the person."""
    return AccessLog.objects.filter(Q(memory_ids__overlap=list(traces.memories)) | reads_naming(traces))


def says(text: str, name: str) -> bool:
    """Tell whether `text` names somebody, in whole words where the script has words."""
    if len(name) < (SHORTEST if name.isascii() else SHORTEST_CJK):
        return text.strip() == name
    if not name.isascii():
        return name.casefold() in text.casefold()
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def words(text: str) -> list[str]:
    """Return the words of a query that may be a name."""
    return _WORD.findall(text)


def strings(value: Any) -> Iterator[str]:
    """Yield every string in a JSON value, or in a list of a row's columns."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)
    elif isinstance(value, UUID):
        yield str(value)
