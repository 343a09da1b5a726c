"""A stranger's object is 404 at every door, and no route is left out of that."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import ApiKey, Membership, Organization, Project, ProjectMembership, User
from memories.models import (
    EmbedderChange,
    EndUser,
    Event,
    Feedback,
    Memory,
    MemoryExport,
    Profile,
    ReviewRule,
    Rollback,
    SavedFilter,
    SourceTrust,
    Suppression,
    Webhook,
    WebhookDelivery,
)
from tests.access.routes import API, NOT_OURS, OPERATING, PAGES, PUBLIC, Route, names
from tests.access.rows import filled, rows_of_alice
from tests.conftest import Remember, api_client

LISTED = {route.name for route in [*API, *PAGES, *OPERATING]} | PUBLIC


def case(route: Route) -> str:
    return f"{route.method} {route.url}"


OWNED_PAGES = [route for route in PAGES if not route.shared]
TEAM_PAGES = [route for route in OWNED_PAGES if not route.personal]
OWNED_API = [route for route in API if not route.shared]
PLACES = (Organization, Project, Membership, ProjectMembership)
REVIEW = (ReviewRule, SourceTrust, Rollback, EmbedderChange)
READ_ONLY = ("get", "head", "options")


@pytest.fixture
def memory(remember: Remember) -> Memory:
    return remember("I like green tea", user_id="ann")


@pytest.fixture
def rows(memory: Memory, alice: User, alice_project: Project) -> dict[str, object]:
    """What the routes' placeholders stand for."""
    return rows_of_alice(memory, alice, alice_project)


def call(client: Client, route: Route, rows: dict[str, object], **more: object) -> int:
    request = getattr(client, route.method)
    body = {} if route.body is None else {"data": filled(route.body, rows)}
    return int(request(route.url.format(**rows), **body, **more).status_code)


def snapshot() -> list[object]:
    """Everything of alice's that a stranger might change."""
    places = [list(model.objects.order_by("pk").values()) for model in PLACES]
    memories = list(Memory.objects.order_by("pk").values("pk", "text", "state", "version"))
    keys = list(ApiKey.objects.order_by("pk").values("pk", "revoked_at"))
    made = (Feedback, MemoryExport, Profile, Suppression)
    derived = [list(model.objects.order_by("pk").values("pk")) for model in made]
    webhooks = [list(model.objects.order_by("pk").values()) for model in (Webhook, WebhookDelivery)]
    return [
        places,
        memories,
        [list(EndUser.objects.values("pk", "name")), derived, webhooks],
        keys,
        list(Event.objects.values("pk", "status")),
        list(SavedFilter.objects.order_by("pk").values("pk", "name")),
        [list(model.objects.order_by("pk").values()) for model in REVIEW],
    ]


def test_every_route_is_in_the_matrix() -> None:
    routes = {name for name in names() if not name.startswith(NOT_OURS)}
    assert routes - LISTED == set(), "Add these routes to tests/access/routes.py."
    assert LISTED - routes == set(), "These are listed but don't exist."


@pytest.mark.parametrize("route", OWNED_PAGES, ids=case)
def test_a_stranger_finds_nothing_of_alices_on_a_page(
    route: Route, rows: dict[str, object], charlie_client: Client
) -> None:
    before = snapshot()
    assert call(charlie_client, route, rows) == 404
    assert snapshot() == before


@pytest.mark.parametrize("route", OWNED_API, ids=case)
def test_a_strangers_key_finds_nothing_of_alices(
    route: Route, rows: dict[str, object], charlie_api: APIClient
) -> None:
    before = snapshot()
    assert call(charlie_api, route, rows) == 404
    assert snapshot()[:3] == before[:3]


@pytest.mark.parametrize("route", [route for route in OWNED_PAGES if route.personal], ids=case)
def test_what_is_alices_alone_is_hers_and_not_her_teams(
    route: Route, rows: dict[str, object], bob_client: Client, auditor_client: Client, alice_client: Client
) -> None:
    before = snapshot()
    assert call(bob_client, route, rows) == 404
    assert call(auditor_client, route, rows) == 404
    assert snapshot() == before
    assert call(alice_client, route, rows) < 400


@pytest.mark.parametrize("route", TEAM_PAGES, ids=case)
def test_a_team_mate_reaches_alices_rows(route: Route, rows: dict[str, object], bob_client: Client) -> None:
    before = snapshot()
    status = call(bob_client, route, rows)
    if route.administrative:
        assert status == 403
        assert snapshot() == before
    else:
        assert status < 400


@pytest.mark.parametrize("route", OPERATING, ids=case)
def test_only_who_runs_the_server_operates_it(
    route: Route,
    rows: dict[str, object],
    alice: User,
    alice_client: Client,
    bob_client: Client,
    charlie_client: Client,
) -> None:
    before = snapshot()
    assert {call(client, route, rows) for client in (alice_client, bob_client, charlie_client)} == {404}
    assert snapshot() == before
    User.objects.filter(pk=alice.pk).update(is_superuser=True)
    assert call(alice_client, route, rows) < 400


@pytest.mark.parametrize("route", [route for route in PAGES if route.administrative], ids=case)
def test_an_owner_administers(route: Route, rows: dict[str, object], alice_client: Client) -> None:
    assert call(alice_client, route, rows) < 400


@pytest.mark.parametrize("route", OWNED_API, ids=case)
def test_alices_own_key_reaches_them(route: Route, rows: dict[str, object], alice_api: APIClient) -> None:
    before = snapshot()
    status = call(alice_api, route, rows)
    if route.refused:
        assert status == route.refused
        assert snapshot() == before
    else:
        assert status < 400


@pytest.mark.parametrize("route", [*PAGES, *OPERATING], ids=case)
def test_nobody_in_particular_is_sent_to_sign_in(route: Route, rows: dict[str, object]) -> None:
    before = snapshot()
    answer = getattr(Client(), route.method)(route.url.format(**rows))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert snapshot() == before


@pytest.mark.parametrize("route", API, ids=case)
@pytest.mark.parametrize("header", ["", "Token mh_nope_nope", "Basic YTpi"])
def test_a_call_without_a_valid_key_is_401(route: Route, header: str, rows: dict[str, object]) -> None:
    client = APIClient(raise_request_exception=False)
    before = snapshot()
    assert call(client, route, rows, format="json", HTTP_AUTHORIZATION=header) == 401
    assert snapshot() == before


@pytest.mark.parametrize("route", API, ids=case)
def test_a_session_is_no_api_key(route: Route, rows: dict[str, object], alice_client: Client) -> None:
    answer = getattr(alice_client, route.method)(route.url.format(**rows))
    assert answer.status_code == 401


CHANGING_PAGES = [route for route in TEAM_PAGES if route.method == "post" and route.name != "project_select"]


@pytest.mark.parametrize("route", CHANGING_PAGES, ids=case)
def test_an_auditor_changes_nothing(route: Route, rows: dict[str, object], auditor_client: Client) -> None:
    before = snapshot()
    assert call(auditor_client, route, rows) == 403
    assert snapshot() == before


@pytest.mark.parametrize("route", API, ids=case)
def test_a_read_key_only_reads(route: Route, rows: dict[str, object], alice: User) -> None:
    reads = route.method == "get" and not route.admin
    reads = reads or route.name.startswith(("api_search", "api_list", "api_summary"))
    reads = reads or route.name in ("api_export", "api_erasure_preview")
    before = snapshot()
    status = call(api_client(alice, scope="read"), route, rows)
    assert (status < 400) if reads else (status == 403)
    assert snapshot()[:2] == before[:2]


@pytest.mark.parametrize("route", [route for route in API if route.admin], ids=case)
def test_what_is_for_administering_keys_is_not_for_writing_ones(
    route: Route, rows: dict[str, object], alice: User
) -> None:
    before = snapshot()
    assert call(api_client(alice, scope="write"), route, rows) == 403
    assert snapshot()[:3] == before[:3]


@pytest.mark.parametrize("route", OWNED_API, ids=case)
def test_a_key_limited_to_another_person_finds_nothing(route: Route, rows: dict[str, object], alice: User) -> None:
    before = snapshot()
    assert call(api_client(alice, end_user_name="zoe"), route, rows) == 404
    assert snapshot()[:3] == before[:3]


def test_a_limited_key_neither_lists_nor_searches_nor_adds_for_others(memory: Memory, alice: User) -> None:
    zoe = api_client(alice, end_user_name="zoe")
    assert zoe.post("/v3/memories/", {"filters": {"user_id": "*"}}).json()["count"] == 0
    assert zoe.post("/v3/memories/search/", {"query": "tea", "filters": {"user_id": "*"}}).json()["results"] == []
    assert zoe.post("/v3/memories/add/", {"messages": "I sing.", "user_id": "ann"}).status_code == 403
    assert zoe.post("/v3/memories/add/", {"messages": "I sing.", "agent_id": "bot"}).status_code == 403
    assert zoe.post("/v3/memories/add/", {"messages": "I sing.", "user_id": "zoe"}).status_code == 200
    assert [entity["name"] for entity in zoe.get("/v1/entities/").json()["results"]] == ["zoe"]


def test_a_stranger_lists_and_searches_only_their_own(memory: Memory, charlie_api: APIClient) -> None:
    everyone = {"filters": {"user_id": "*"}}
    assert charlie_api.post("/v3/memories/", everyone).json()["count"] == 0
    assert charlie_api.post("/v3/memories/search/", {"query": "tea", **everyone}).json()["results"] == []
    assert charlie_api.get("/v1/entities/").json()["results"] == []
    assert charlie_api.get("/v1/events/").json()["results"] == []


def test_deleting_a_namesakes_memories_leaves_alices_alone(memory: Memory, charlie_api: APIClient) -> None:
    assert charlie_api.delete("/v1/memories/?user_id=ann").status_code == 200
    memory.refresh_from_db()
    assert memory.state == Memory.State.ACTIVE


def test_a_revoked_key_stops_at_once(alice_api: APIClient, alice_project: Project) -> None:
    assert alice_api.get("/v1/ping/").status_code == 200
    ApiKey.objects.get(project=alice_project).revoke()
    assert alice_api.get("/v1/ping/").status_code == 401
