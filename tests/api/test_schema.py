"""The API's description: complete, valid, and true of what the API answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator
from rest_framework.test import APIClient

from accounts.models import Project, ProjectMembership, User
from memories.api.base import View
from memories.api.schema.example_values import BY_TYPE, SOME_ID
from memories.api.schema.view import description
from tests.access.routes import API
from tests.access.rows import rows_of_alice
from tests.conftest import Remember

METHODS = ("get", "post", "put", "patch", "delete")
DONE = {"200", "201", "202"}
# What an example's ids stand for, where it has any.
NAMED = {"/v1/exports/get/": "export", **dict.fromkeys(("/api/v1/rollbacks/", "/api/v1/rollbacks/preview/"), "event")}


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
    done = call["responses"].keys() & DONE
    # What is always refused has no other answer, and says so.
    assert done or call["summary"].startswith("Refuses"), hint
    for status in done:
        answer = call["responses"][status]["content"]["application/json"]["schema"]
        assert answer.keys() & {"$ref", "items"}, hint
    assert {"400", "401", "403", "429", "500", "503"} <= call["responses"].keys()
    if "requestBody" in call:
        assert call["requestBody"]["content"]["application/json"].get("examples"), hint


def examples() -> list[Any]:
    """Return each call with one of its examples."""
    return [
        pytest.param(path, method, call["responses"].keys() & DONE, example["value"], id=f"{method} {path}")
        for path, method, call in (parameter.values for parameter in operations())
        for media in call.get("requestBody", {}).get("content", {}).values()
        for example in media["examples"].values()
    ]


@pytest.mark.parametrize(("path", "method", "done", "body"), examples())
def test_every_example_of_a_body_is_one_that_works(
    path: str,
    method: str,
    done: set[str],
    body: Any,
    alice: User,
    alice_project: Project,
    alice_api: APIClient,
    remember: Remember,
) -> None:
    rows = rows_of_alice(remember("I like tea.", user_id="ann"), alice, alice_project)
    if "projects/{project_id}/members/" in path and method == "put":
        ProjectMembership.objects.create(project=alice_project, user=User.objects.get(email=body["email"]))
    ids = {f"{name}_id": pk for name, pk in rows.items()}
    body = json.loads(json.dumps(body).replace(SOME_ID, str(rows[NAMED.get(path, "memory")])))
    answer = getattr(alice_api, method)(path.format(**ids), body)
    assert str(answer.status_code) in done, answer.json()


@pytest.mark.parametrize(("path", "method", "call"), operations())
def test_every_answer_has_an_example_that_fits_its_description(path: str, method: str, call: dict[str, Any]) -> None:
    for status in call["responses"].keys() & DONE:
        media = call["responses"][status]["content"]["application/json"]
        schema = {**media["schema"], "components": description()["components"]}
        checker = Draft202012Validator.FORMAT_CHECKER
        problems = Draft202012Validator(schema, format_checker=checker).iter_errors(media["example"])
        assert [problem.message for problem in problems] == []
        hint = f"Say what stands for it in memories/api/schema/example_values.py: {method} {path}."
        assert BY_TYPE["string"] not in strings(media["example"]), hint


def strings(value: Any) -> set[str]:
    """Return the strings that an example is made of."""
    if isinstance(value, dict | list):
        return {part for item in (value.values() if isinstance(value, dict) else value) for part in strings(item)}
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize(("path", "method", "call"), operations())
def test_every_parameter_says_what_it_is(path: str, method: str, call: dict[str, Any]) -> None:
    assert all(parameter["description"] for parameter in call.get("parameters", []))


def test_everybody_may_read_it(db: None) -> None:
    answer = Client().get("/api/schema/")
    assert answer.status_code == 200
    assert answer.json() == description()
    assert Client().post("/api/schema/").status_code == 405
