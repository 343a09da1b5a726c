"""A person about whom there is something in every table."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiKey, Project, User
from memories.models import (
    EndUser,
    Event,
    Memory,
    Profile,
    Rollback,
    SavedFilter,
    Suppression,
    WebhookDelivery,
)
from memories.services.changes import Actor
from memories.services.exports import export
from memories.services.profiles import make_profile
from memories.services.revise import Revision, revise
from memories.services.webhooks.setup import create_webhook
from tests.access.routes import HOOK, SCHEMA
from tests.conftest import Remember, api_client
from tests.files import attach

NAME = "zarathustra"
# A word in everything that is said of this person, and in nothing else.
WORD = "quokka"
ACTOR = Actor(label="alice")


@pytest.fixture
def person(remember: Remember, alice: User, alice_api: APIClient, alice_project: Project) -> EndUser:
    """Somebody of whom there are words or a name in every store that has any."""
    webhook = create_webhook(project=alice_project, actor=ACTOR, **{**HOOK, "event_types": ["memory_add"]})
    memory = remember(
        f"I keep a {WORD}", user_id=NAME, run_id=f"{NAME}/1", app_id="zoo", agent_id="keeper", metadata={"pet": WORD}
    )
    revise(memory=memory, revision=Revision(text=f"I keep a blue {WORD}", categories=["food"]), actor=ACTOR)
    attach(memory.sources.get(), text=f"A {WORD} on a tree", content=WORD.encode())
    whom = {"filters": {"user_id": NAME}}
    search = {"query": f"which {WORD} does it have?", **whom}
    alice_api.post("/v3/memories/search/", search, headers={"Idempotency-Key": "1"})
    alice_api.put(f"/v1/memories/{memory.pk}/", {"text": f"I keep a red {WORD}"}, headers={"Idempotency-Key": "2"})
    alice_api.post("/v3/memories/search/", {"query": f"what of {NAME}?", "filters": {"user_id": "ann"}})
    alice_api.post("/v1/feedback/", {"memory_id": str(memory.pk), "feedback": "POSITIVE", "feedback_reason": WORD})
    made = alice_api.post("/v1/exports/", {"schema": SCHEMA, **whom}).json()
    export(made["id"])
    alice_api.post("/v2/profiles/settings/", {"enabled": True})
    alice_api.post("/v2/profiles/jobs/", {"operation": "trigger", "entity_id": NAME})
    make_profile(Profile.objects.get().pk)
    SavedFilter.objects.create(user=alice, project=alice_project, name="Z", filters={"AND": [{"user_id": NAME}]})
    SavedFilter.objects.create(user=alice, project=alice_project, name="Pets", query=f"{NAME} pets")
    api_client(alice, end_user_name=NAME)
    Event.objects.update(refusals=[{"text": f"The {WORD} is fat", "reason": "It cites no message."}])
    EndUser.objects.filter(name=NAME).update(metadata={"pet": WORD})
    assert WebhookDelivery.objects.filter(webhook=webhook).exists()
    about = {"project": alice_project, "end_user": memory.end_user}
    Suppression.objects.create(
        **about, text="It bit me", digest="x", lexemes=["bit"], embedder="x", embedding=[1], actor="alice"
    )
    Rollback.objects.create(project=alice_project, event=memory.sources.get().event, status="SUCCEEDED")
    return EndUser.objects.get(name=NAME)


@pytest.fixture
def memory(person: EndUser) -> Memory:
    return Memory.objects.get(end_user=person)


@pytest.fixture
def limited(alice: User, person: EndUser) -> ApiKey:
    return ApiKey.objects.get(end_user_name=NAME)


def of(memory: Memory) -> Any:
    return Memory.objects.filter(pk=memory.pk)
