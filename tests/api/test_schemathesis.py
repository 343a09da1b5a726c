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

from memories.models import Memory
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


def lead_somewhere(path: dict[str, Any], memory: Memory) -> None:
    """Put ids of something that is there into every second path that has one; a random id leads nowhere."""
    rows = {"memory_id": memory.pk, "event_id": memory.sources.get().event_id}
    for name in rows.keys() & path.keys():
        if len(set(str(path[name]))) % 2:
            path[name] = str(rows[name])


@SCHEMA.parametrize()
@settings(max_examples=15, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_api_is_as_described(case: Any, one_connection: None, alice_api: APIClient, remember: Remember) -> None:
    memory = Memory.objects.filter(text="I keep bees.").kept().first() or remember("I keep bees.")
    lead_somewhere(case.path_parameters, memory)
    headers = {"Authorization": alice_api._credentials["HTTP_AUTHORIZATION"]}
    case.call_and_validate(headers=headers, excluded_checks=NOT_PROMISED)
