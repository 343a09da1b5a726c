"""Rows of alice's, one for each placeholder in the routes."""

from __future__ import annotations

from typing import Any

from accounts.models import ApiKey, Membership, Project, ProjectMembership, User
from memories.models import (
    Conflict,
    EmbedderChange,
    ErasureCertificate,
    Event,
    Memory,
    MemoryExport,
    ProfileRequest,
    ProfileSettings,
    ReviewRule,
    Rollback,
    SavedFilter,
    Suppression,
    WebhookDelivery,
)
from memories.services.changes import Actor
from memories.services.webhooks.setup import create_webhook
from tests.access.routes import HOOK
from tests.files import attach


def rows_of_alice(memory: Memory, alice: User, alice_project: Project) -> dict[str, object]:
    """Return the ids of what is hers: `memory`, and the rest made anew."""
    key, _secret = ApiKey.issue(project=alice_project, name="owned", created_by=alice)
    event = Event.objects.get(messages__memories=memory)
    attachment = attach(memory.sources.get())
    organization = alice_project.organization
    spare = Project.objects.create(organization=organization, name="Spare")
    mate, guest, _new = (User.objects.create_user(f"{name}@example.com") for name in ("mate", "guest", "new"))
    ProfileSettings.objects.create(project=alice_project, enabled=True)
    made = {"schema": {}, "filters": {"user_id": "ann"}, "result": {}, "status": "SUCCEEDED"}
    owned = {
        "memory": memory,
        "event": event,
        "attachment": attachment,
        "key": key,
        "project": alice_project,
        "organization": organization,
        "spare": spare,
        "saved": SavedFilter.objects.create(user=alice, project=alice_project, name="Tea", query="tea"),
        "member": Membership.objects.create(organization=organization, user=mate),
        "guest": ProjectMembership.objects.create(project=alice_project, user=guest),
        "export": MemoryExport.objects.create(project=alice_project, **made),
        "person": memory.end_user,
        "erasure": ErasureCertificate.objects.create(
            project=alice_project, subject="end_user", object_id=memory.end_user_id, digest="d", actor="a", counts={}
        ),
        "profile_request": ProfileRequest.objects.create(
            project=alice_project, operation="trigger", end_user_name="ann"
        ),
    }
    owned["rollback"] = Rollback.objects.create(project=alice_project, event=event, status="SUCCEEDED")
    other = Memory.objects.create(
        project=alice_project,
        end_user=memory.end_user,
        text="I like black tea",
        said_at=memory.said_at,
        digest="x",
        lexemes="",
        lexeme_count=0,
    )
    owned["conflict"] = Conflict.objects.create(project=alice_project, older=memory, newer=other, similarity=0.9)
    owned["change"] = EmbedderChange.objects.create(project=alice_project, source="old", target="new", status="FAILED")
    owned["rule"] = ReviewRule.objects.create(project=alice_project, outcome="accept")
    owned["suppression"] = Suppression.objects.create(
        project=alice_project, end_user=memory.end_user, text="x", digest="x", lexemes=[], embedder="x", embedding=[1]
    )
    webhook = create_webhook(project=alice_project, actor=Actor(label="alice", user=alice), **HOOK)
    owned["webhook"] = webhook
    owned["delivery"] = WebhookDelivery.objects.create(
        webhook=webhook, project=alice_project, event_type="ping", payload={}, status="SUCCEEDED"
    )
    return {name: row.pk for name, row in owned.items()} | {"trusted": f"api_key:{key.pk}"}


def filled(body: Any, rows: dict[str, object]) -> Any:
    """Put the rows' ids into the strings of a body."""
    if isinstance(body, str):
        return body.format(**rows) if body.startswith("{") else body
    if isinstance(body, list):
        return [filled(item, rows) for item in body]
    if isinstance(body, dict):
        return {key: filled(value, rows) for key, value in body.items()}
    return body
