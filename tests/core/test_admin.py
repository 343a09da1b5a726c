"""Django admin shows every table, and changes none that has a history."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import ApiKey, AuditEntry, Project, ProjectMembership, User
from memories.models import Conflict, EmbedderChange, Memory, Profile, SavedFilter, VectorIndex, WebhookDelivery
from memories.providers import remember_embedder
from memories.services.changes import Actor
from memories.services.erasure.leftovers import find_leftovers
from memories.services.forgetting import erase_entity
from memories.services.profiles import make_profile
from memories.services.visits import count_visits
from memories.services.webhooks.setup import create_webhook
from tests.access.routes import HOOK
from tests.conftest import Remember, signed_in
from tests.files import attach
from tests.spending import spend

OURS = [model for app in ("accounts", "memories") for model in apps.get_app_config(app).get_models()]


@pytest.fixture
def operator_client(db: None) -> Client:
    return signed_in(User.objects.create_superuser("operator@example.com", "pw"))


@pytest.fixture
def rows(remember: Remember, alice_api: APIClient) -> None:
    """One row in every table."""
    memory = remember("I keep bees", agent_id="a", app_id="b", run_id="c")
    attach(memory.sources.get())
    webhook = create_webhook(project=memory.project, actor=Actor(label="alice"), **HOOK)
    about = {"webhook": webhook, "project": memory.project, "event_type": "memory_add"}
    WebhookDelivery.objects.create(payload={}, **about)
    SavedFilter.objects.create(user=User.objects.get(email="alice@example.com"), project=memory.project, name="Bees")
    ProjectMembership.objects.create(project=memory.project, user=User.objects.create_user("guest@example.com"))
    ann = {"filters": {"user_id": "ann"}}
    alice_api.post("/v3/memories/search/", {"query": "bees", **ann})
    alice_api.post("/v1/exports/", {"schema": {"type": "object"}, **ann})
    alice_api.post("/v1/feedback/", {"memory_id": str(memory.pk), "feedback": "POSITIVE"})
    alice_api.post("/v2/profiles/settings/", {"enabled": True})
    alice_api.post("/v2/profiles/jobs/", {"operation": "trigger", "entity_id": "ann"})
    alice_api.delete("/v1/memories/?user_id=zoe", headers={"Idempotency-Key": "1"})
    Conflict.objects.create(
        project=memory.project, older=remember("I keep no bees"), newer=remember("I keep ducks"), similarity=0.9
    )
    Memory.objects.update(categories=["food"])
    rule = {"outcome": "review", "app_id": "other"}
    trust = {"source": "agent", "id": "a", "level": "low"}
    alice_api.put("/api/v1/review/policy/", {"rules": [rule], "trust": [trust]})
    other = remember("I keep goats")
    decision = {"memory_id": str(other.pk), "verdict": "suppress"}
    alice_api.post("/api/v1/review/decisions/", {"decisions": [decision]})
    count_visits()
    make_profile(Profile.objects.get().pk)
    erase_entity(entity=remember("I keep cats", user_id="ben").end_user, actor=Actor(label="alice"))
    find_leftovers()
    spend(memory.project, tokens=10)
    VectorIndex.objects.ask("e", 3)
    remember_embedder()
    EmbedderChange.objects.create(project=memory.project, source="old", target="new")
    alice_api.post("/api/v1/rollbacks/", {"run_id": "c"})


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_table_is_there_and_opens(model: type, operator_client: Client, rows: None) -> None:
    assert model in admin.site._registry
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    assert operator_client.get(reverse(f"admin:{name}_changelist"), {"q": "a"}).status_code == 200
    row = model._default_manager.first()
    page = operator_client.get(reverse(f"admin:{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert "whsec_" not in page.content.decode()


HISTORIC = [*apps.get_app_config("memories").get_models(), AuditEntry]


@pytest.mark.parametrize("model", HISTORIC, ids=lambda model: model.__name__)
def test_nothing_with_a_history_can_be_changed_there(model: type, operator_client: Client, remember: Remember) -> None:
    attach(remember("I keep bees", agent_id="a", app_id="b", run_id="c").sources.get())
    name = f"{model._meta.app_label}_{model._meta.model_name}"
    assert operator_client.get(reverse(f"admin:{name}_add")).status_code == 403
    for row in model._default_manager.all()[:1]:
        assert operator_client.post(reverse(f"admin:{name}_change", args=[row.pk]), {}).status_code == 403
        assert operator_client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
    assert Memory.objects.count() == 1


def test_a_key_can_be_revoked_but_not_made_there(operator_client: Client, alice: User, alice_project: Project) -> None:
    key, _secret = ApiKey.issue(project=alice_project, name="k", created_by=alice)
    assert operator_client.get(reverse("admin:accounts_apikey_add")).status_code == 403
    action = {"action": "revoke", "_selected_action": [str(key.pk)]}
    assert operator_client.post(reverse("admin:accounts_apikey_changelist"), action).status_code == 302
    key.refresh_from_db()
    assert key.revoked_at is not None
    assert AuditEntry.objects.get(action="key.revoke").actor == "operator@example.com"


def test_it_is_for_operators_only(alice_client: Client, db: None) -> None:
    for client in (alice_client, Client()):
        assert client.get("/admin/memories/memory/").status_code == 302


def test_an_operator_can_sign_in_there(db: None) -> None:
    User.objects.create_superuser("operator@example.com", "a long enough password")
    client = Client()
    form = {"username": "operator@example.com", "password": "a long enough password", "next": "/admin/"}
    assert client.post("/admin/login/", form)["Location"] == "/admin/"
