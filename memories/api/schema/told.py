"""How a call's parts are told: examples, parts of the path, query parameters."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from memories.api import reading


def example(value: Any) -> list[OpenApiExample]:
    """Return the example of a request's body."""
    return [OpenApiExample("Example", value=value, request_only=True)]


def in_path(name: str, **more: Any) -> OpenApiParameter:
    """Return a part of the path that is text; ids are told of by themselves."""
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.PATH, **more)


def in_query(name: str, text: str, **more: Any) -> OpenApiParameter:
    """Return an optional query parameter."""
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.QUERY, description=text, **more)


def in_header(name: str, text: str, *, answered: bool = False) -> OpenApiParameter:
    """Return an optional header of the request, or of its answer."""
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=text, response=answered)


PAGE = [reading.PageSerializer]
KIND = in_path("kind", enum=["user", "agent", "app", "run"])
ENTITY = [KIND, in_path("name", description="Its name, or its id.")]
