"""Schemathesis makes requests of the API's description, good and bad ones, and holds the answers to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi import checks

from accounts.models import Project, User
from memories.models import Memory
from tests.access.rows import rows_of_alice
from tests.conftest import Remember

SCHEMA = schemathesis.openapi.from_wsgi(
    "/api/schema/", get_wsgi_application(), config=SchemathesisConfig(seed=20260801)
)
# What a schema can't say: the API tolerates what it doesn't know, as mem0's clients need, and asks for sense besides
# form, such as a filter that names somebody.
NOT_PROMISED = [checks.negative_data_rejection, checks.positive_data_acceptance]


@pytest.fixture
def one_connection(db: None) -> Iterator[None]:
    """Keep the connection, whose transaction is the test's, from one request to the next."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def rows(remember: Remember, alice: User, alice_project: Project) -> dict[str, object]:
    return rows_of_alice(remember("I like tea."), alice, alice_project)


def lead_somewhere(path: dict[str, Any], rows: dict[str, object]) -> None:
    """Put ids of something that is there into every second path that has one; a random id leads nowhere."""
    ids = {f"{name}_id": pk for name, pk in rows.items()}
    for name in ids.keys() & path.keys():
        if len(set(str(path[name]))) % 2:
            path[name] = str(ids[name])


@SCHEMA.parametrize()
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_api_is_as_described(
    case: Any, one_connection: None, alice_api: APIClient, remember: Remember, rows: dict[str, object]
) -> None:
    memory = Memory.objects.filter(text="I keep bees.").kept().first() or remember("I keep bees.")
    lead_somewhere(case.path_parameters, {**rows, "memory": memory.pk, "request": rows["profile_request"]})
    headers = {"Authorization": alice_api._credentials["HTTP_AUTHORIZATION"]}
    case.call_and_validate(headers=headers, excluded_checks=NOT_PROMISED)
