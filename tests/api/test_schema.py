"""The API's description: complete, valid, and true of what the API answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from memories.api.base import View
from memories.api.schema.view import description
from tests.access.routes import API

METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> list[Any]:
    described = description()["paths"]
    return [
        pytest.param(path, method, call, id=f"{method} {path}")
        for path, calls in described.items()
        for method, call in calls.items()
    ]


def routes(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from routes(pattern)


def calls_of_the_api() -> set[tuple[str, str]]:
    """Return the view and the method of every call that the URLconf leads to."""
    views = {view for route in routes() if issubclass(view := getattr(route.callback, "cls", object), View)}
    return {(view.__name__, method) for view in views for method in METHODS if hasattr(view, method)}


def test_it_is_valid_and_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    described = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(described)
    assert described["openapi"].startswith("3.1.")
    assert not GENERATOR_STATS


def test_it_has_every_call() -> None:
    generator = SchemaGenerator()
    generator._initialise_endpoints()
    described = {(callback.cls.__name__, method.lower()) for _path, _regex, method, callback in generator.endpoints}
    assert calls_of_the_api() - described == set()
    assert len(operations()) >= len({(route.name, route.method) for route in API})


@pytest.mark.parametrize(("path", "method", "call"), operations())
def test_each_call_is_described(path: str, method: str, call: dict[str, Any]) -> None:
    hint = f"Describe {method.upper()} {path}: see memories/api/schema/__init__.py."
    assert call.get("summary"), hint
    assert call["security"] == [{"ApiKey": []}]
    answer = call["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer.keys() & {"$ref", "items"}, hint
    assert {"400", "401", "403", "429", "500", "503"} <= call["responses"].keys()
    if "requestBody" in call:
        assert call["requestBody"]["content"]["application/json"].get("examples"), hint


def test_every_example_of_a_body_is_one_that_works(alice_api: Any, remember: Any) -> None:
    for parameter in operations():
        path, method, call = parameter.values
        for media in call.get("requestBody", {}).get("content", {}).values():
            for example in media["examples"].values():
                url = path.format(memory_id=remember("I like tea.").pk)
                answer = getattr(alice_api, method)(url, example["value"])
                assert answer.status_code == 200, (method, path, answer.json())


def test_everybody_may_read_it(db: None) -> None:
    answer = Client().get("/api/schema/")
    assert answer.status_code == 200
    assert answer.json() == description()
    assert Client().post("/api/schema/").status_code == 405
