"""What holds now is found, and what held at a date that is asked for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from memories.models import Memory
from memories.services.changes import Actor
from memories.services.relating import end, supersede
from tests.conftest import Remember

LIST, SEARCH = "/v3/memories/", "/v3/memories/search/"
ANN = {"user_id": "ann"}
MARCH = datetime(2026, 3, 1, tzinfo=UTC)
JANUARY = datetime(2026, 1, 5, 20, tzinfo=UTC)
ACTOR = Actor(label="ann")


@pytest.fixture
def moved(remember: Remember) -> tuple[Memory, Memory]:
    """Ann lived in Osaka, and lives in Kyoto since March."""
    old = remember("I live in Osaka", said_at=JANUARY)
    new = remember("I live in Kyoto", said_at=MARCH + timedelta(days=9))
    Memory.objects.filter(pk=new.pk).update(valid_from=MARCH)
    new.refresh_from_db()
    with transaction.atomic():
        supersede(old, new, at=MARCH, actor=ACTOR)
    return old, new


def texts(api: APIClient, path: str, **more: Any) -> list[str]:
    answer = api.post(path, {"query": "Where do I live?", "filters": ANN, **more})
    assert answer.status_code == 200, answer.json()
    return sorted(found["memory"] for found in answer.json()["results"])


@pytest.mark.parametrize("path", [LIST, SEARCH])
@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        (None, ["I live in Kyoto"]),
        ("2026-02-01", ["I live in Osaka"]),
        ("2026-02-28", ["I live in Osaka"]),
        ("2026-03-01", ["I live in Kyoto"]),
        ("2026-02-28T23:59:59Z", ["I live in Osaka"]),
        ("2026-03-01T08:00:00+09:00", ["I live in Osaka"]),
        ("2026-03-01T00:00:00", ["I live in Kyoto"]),
        ("2026-01-05", ["I live in Osaka"]),
        ("2026-01-04", []),
    ],
)
def test_as_of_a_date(
    alice_api: APIClient, moved: tuple[Memory, Memory], path: str, as_of: str | None, expected: list[str]
) -> None:
    assert texts(alice_api, path, as_of=as_of) == expected


@pytest.mark.parametrize("path", [LIST, SEARCH])
@pytest.mark.parametrize("as_of", ["yesterday", "2026-13-01", "", "2026-1", "99999999999"])
def test_what_is_no_date_is_refused(alice_api: APIClient, db: None, path: str, as_of: str) -> None:
    answer = alice_api.post(path, {"query": "x", "filters": ANN, "as_of": as_of})
    assert answer.status_code == 400
    assert "as_of" in answer.json()["detail"]


def test_superseded_memories_say_until_when_they_held_and_what_came_after(
    alice_api: APIClient, moved: tuple[Memory, Memory]
) -> None:
    old, new = moved
    found = alice_api.get(f"/v1/memories/{old.pk}/").json()
    assert found["lifecycle_state"] == "superseded"
    assert found["valid_until"] == "2026-03-01T00:00:00Z"
    assert found["replaced_by"] == str(new.pk)
    history = alice_api.get(f"/v1/memories/{old.pk}/history/").json()
    assert [(change["event"], change["change"]) for change in history] == [("ADD", "ADD"), ("UPDATE", "SUPERSEDE")]


@pytest.mark.django_db(transaction=True)
def test_what_ended_is_found_only_as_of_before(alice_api: APIClient, remember: Remember) -> None:
    gone = remember("I live in a tent", said_at=JANUARY)
    with transaction.atomic():
        end(gone, at=MARCH, actor=ACTOR, reason="It no longer holds.")
    assert texts(alice_api, SEARCH) == []
    assert texts(alice_api, LIST, latest_only=False) == ["I live in a tent"]
    assert texts(alice_api, SEARCH, as_of="2026-02-01") == ["I live in a tent"]


@pytest.mark.parametrize("path", [LIST, SEARCH])
def test_what_will_end_holds_until_then_and_what_has_not_begun_does_not(
    alice_api: APIClient, remember: Remember, path: str
) -> None:
    now = timezone.now()
    day = timedelta(days=1)
    for text, valid in {
        "I live here for now": {"valid_until": now + day},
        "I live here no more": {"valid_until": now - day},
        "I live there soon": {"valid_from": now + day},
        "I live there long since": {"valid_from": now - day},
    }.items():
        Memory.objects.filter(pk=remember(text).pk).update(**valid)
    assert texts(alice_api, path) == ["I live here for now", "I live there long since"]


def test_expiry_is_judged_by_the_same_day_unless_another_is_named(alice_api: APIClient, remember: Remember) -> None:
    remember("I live on a boat", said_at=JANUARY, expiration_date="2026-02-01")
    assert texts(alice_api, SEARCH, as_of="2026-01-20") == ["I live on a boat"]
    assert texts(alice_api, SEARCH, as_of="2026-02-20") == []
    assert texts(alice_api, SEARCH, as_of="2026-02-20", reference_date="2026-01-20") == ["I live on a boat"]


def test_a_stranger_finds_nothing_as_of_any_date(charlie_api: APIClient, moved: tuple[Memory, Memory]) -> None:
    assert texts(charlie_api, SEARCH, as_of="2026-02-01") == []
    assert texts(charlie_api, LIST, as_of="2026-02-01") == []


def test_what_is_known_of_a_statement_is_told(alice_api: APIClient, remember: Remember) -> None:
    kept = remember("I live in Osaka")
    Memory.objects.filter(pk=kept.pk).update(
        kind="fact", about="Ann", speaker="Ken", importance=0.9, happened_at=MARCH
    )
    body = {"filters": ANN, "fields": ["kind", "about", "speaker", "importance", "happened_at", "layer", "valid_from"]}
    (found,) = alice_api.post(LIST, body).json()["results"]
    assert found == {
        "id": str(kept.pk),
        "kind": "fact",
        "about": "Ann",
        "speaker": "Ken",
        "importance": 0.9,
        "happened_at": "2026-03-01T00:00:00Z",
        "layer": "user",
        "valid_from": None,
    }
