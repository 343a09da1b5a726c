"""Pages as the clients know them: count, next, previous, results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

T = TypeVar("T", bound=Model)


def paged(
    request: Request, rows: QuerySet[T], shape: Callable[[T], dict[str, Any]], *, page: int, page_size: int
) -> dict[str, Any]:
    """Return one page of `rows`; a page past the end is empty, not an error."""
    count = rows.count()
    first = (page - 1) * page_size
    url = request.build_absolute_uri()
    return {
        "count": count,
        "next": replace_query_param(url, "page", page + 1) if first + page_size < count else None,
        "previous": replace_query_param(url, "page", page - 1) if page > 1 else None,
        "results": [shape(row) for row in rows[first : first + page_size]],
    }
