"""Three people for every test: alice owns an organization, bob is on her team, charlie is a stranger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import ApiKey, Membership, Project, User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.models import Event, Memory
from memories.services.record import Conversation, Said, record

PASSWORD = "correct horse battery staple"

Remember = Callable[..., Memory]


def pytest_configure() -> None:
    """Hash passwords fast: hundreds of tests make three people each."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


SKIPPED: set[str] = set()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and isinstance(report.longrepr, tuple):
        SKIPPED.add(report.longrepr[2].removeprefix("Skipped: "))


def pytest_unconfigure() -> None:
    """Say last of all what was not tested, and why."""
    if SKIPPED:
        print(f"\nNOT TESTED: {'; '.join(sorted(SKIPPED))}")


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@example.com", PASSWORD)


@pytest.fixture
def alice(db: None) -> User:
    return person("alice")


@pytest.fixture
def alice_project(alice: User) -> Project:
    return personal_project(user=alice)


@pytest.fixture
def bob(alice_project: Project) -> User:
    """A member of alice's organization, who has his own besides."""
    bob = person("bob")
    Membership.objects.create(organization=alice_project.organization, user=bob, role=Membership.Role.MEMBER)
    return bob


@pytest.fixture
def auditor(alice_project: Project) -> User:
    """May read alice's project and change nothing."""
    auditor = person("auditor")
    auditor.organizations.all().delete()
    Membership.objects.create(organization=alice_project.organization, user=auditor, role=Membership.Role.AUDITOR)
    return auditor


@pytest.fixture
def charlie(db: None) -> User:
    return person("charlie")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def alice_client(alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def bob_client(bob: User, alice_project: Project) -> Client:
    """Bob, working in alice's project."""
    client = signed_in(bob)
    session = client.session
    session["project_id"] = str(alice_project.pk)
    session.save()
    return client


@pytest.fixture
def auditor_client(auditor: User) -> Client:
    return signed_in(auditor)


@pytest.fixture
def charlie_client(charlie: User) -> Client:
    return signed_in(charlie)


def api_client(user: User, **key: Any) -> APIClient:
    """A caller with a key of its own to the user's default project; `key` narrows it."""
    _key, secret = ApiKey.issue(project=personal_project(user=user), name="test", created_by=user, **key)
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    client.default_format = "json"
    return client


@pytest.fixture
def alice_api(alice: User) -> APIClient:
    return api_client(alice)


@pytest.fixture
def charlie_api(charlie: User) -> APIClient:
    return api_client(charlie)


@pytest.fixture
def remember(alice: User, alice_project: Project) -> Remember:
    """Make a memory as an app would, in alice's project unless told otherwise."""

    def make(
        text: str, user_id: str = "ann", *, project: Project = alice_project, user: User = alice, **more: Any
    ) -> Memory:
        entities = {
            "user_id": user_id,
            **{key: more.pop(key) for key in ("agent_id", "app_id", "run_id") if key in more},
        }
        said_at = more.pop("said_at", None)
        conversation = Conversation(
            said=[Said(role="user", text=text)], entities=entities, infer=False, options=more, said_at=said_at
        )
        event = record(principal=Principal(user=user), project=project, conversation=conversation)
        assert event.status == Event.Status.SUCCEEDED, event.error
        return Memory.objects.get(sources__event=event)

    return make
