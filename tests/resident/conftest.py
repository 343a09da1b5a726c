"""An app that searches, and no index of an earlier test."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import ApiKey, Project, User
from accounts.principal import Principal
from memories.api.listing import Listing
from memories.recall.resident.shelf import SHELF
from memories.recall.types import Recall
from memories.services.search import search
from tests.resident.talk import Find, given


@pytest.fixture(autouse=True)
def _empty() -> Any:
    SHELF.clear()
    yield
    SHELF.clear()


@pytest.fixture
def key(alice: User, alice_project: Project) -> Principal:
    issued, _secret = ApiKey.issue(project=alice_project, name="app", created_by=alice)
    return Principal(api_key=issued)


@pytest.fixture
def find(key: Principal, alice_project: Project) -> Find:
    """Search as the API does, and return the texts found, best first."""

    def find(query: str, limit: int = 50, who: Principal = key, **filters: str) -> list[str]:
        return [hit.memory.text for hit in recalled(who, query, limit, **filters).hits]

    def recalled(who: Principal, query: str, limit: int, **filters: str) -> Recall:
        scope = Listing(who, given(**(filters or {"user_id": "ann"}))).scope()
        return search(principal=who, project=alice_project, scope=scope, query=query, limit=limit)

    return find
