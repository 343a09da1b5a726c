"""Pages as the clients know them: count, next, previous, results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Rows(Protocol[T_co]):
    """What can be counted and sliced, as a queryset can."""

    def count(self) -> int:
        """Return how many rows there are."""
        ...

    def __getitem__(self, part: slice) -> Iterable[T_co]:
        """Return some of them."""
        ...


def paged(
    request: Request, rows: Rows[T], shape: Callable[[T], dict[str, Any]], *, page: int, page_size: int
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
