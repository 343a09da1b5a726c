"""A call that asks along with its work whether its key still holds: it never does what the key may do no longer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Model
from django.utils import timezone
from rest_framework.test import APIClient

from accounts import limits
from accounts.models import ApiKey, Project, User
from accounts.principal import Principal
from accounts.standing import Changed, Standing
from memories.models import AccessLog, Event, KeyedCall, Memory, Message, Webhook
from memories.recall.resident.shelf import SHELF
from memories.recall.scope import Scope
from memories.services import at_once, record
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
LIST, SEARCH, ADD = "/v3/memories/", "/v3/memories/search/", "/v3/memories/add/"
Call = Callable[[APIClient, Memory], Any]
OF_ANN = {"filters": {"user_id": "ann"}}
BY_FILTER = {"filters": {"OR": [{"user_id": "ann"}, {"run_id": "x"}]}}
TOLD: dict[str, Any] = {"messages": "I sing.", "user_id": "ann"}
CALLS: dict[str, Call] = {
    "reads one": lambda api, memory: api.get(f"/v1/memories/{memory.pk}/"),
    "reads one as it was": lambda api, memory: api.get(f"/v1/memories/{memory.pk}/?as_of=2999-01-01"),
    "reads none": lambda api, memory: api.get(f"/v1/memories/{Event.objects.first().pk}/"),
    "lists": lambda api, memory: api.post(LIST, OF_ANN),
    "lists nobody's": lambda api, memory: api.post(LIST, {"filters": {"user_id": "nobody"}}),
    "lists by a filter": lambda api, memory: api.post(LIST, BY_FILTER),
    "searches": lambda api, memory: api.post(SEARCH, {"query": "bees", **OF_ANN}),
    "searches nobody's": lambda api, memory: api.post(SEARCH, {"query": "bees", "filters": {"user_id": "nobody"}}),
    "searches by a filter": lambda api, memory: api.post(SEARCH, {"query": "bees", **BY_FILTER}),
    "adds": lambda api, memory: api.post(ADD, {**TOLD, "infer": False}),
    "adds for somebody new": lambda api, memory: api.post(ADD, {**TOLD, "user_id": "new", "infer": False}),
    "adds what is to be read": lambda api, memory: api.post(ADD, TOLD),
    "adds incognito": lambda api, memory: api.post(ADD, {**TOLD, "infer": False, "incognito": True}),
    "adds once": lambda api, memory: api.post(ADD, {**TOLD, "infer": False}, headers={"Idempotency-Key": "1"}),
    "adds as v1 has it": lambda api, memory: api.post("/v1/memories/", {**TOLD, "infer": False}),
    "sends nonsense": lambda api, memory: api.post(ADD, {"messages": 1}),
}
KEPT: tuple[type[Model], ...] = (Event, Message, Memory, AccessLog, KeyedCall)


@pytest.fixture(autouse=True)
def counted_ahead(settings: Any) -> None:
    settings.RATE_LIMIT_PER_KEY = "900000/day"
    SHELF.clear()


@pytest.fixture
def bees(remember: Remember) -> Memory:
    return remember("I keep bees.")


@pytest.fixture
def api(alice_api: APIClient, bees: Memory) -> APIClient:
    """A caller whose key is known."""
    assert alice_api.get("/v1/ping/").status_code == 200
    return alice_api


def key() -> Any:
    return ApiKey.objects.filter(name="test")


def rows() -> list[int]:
    return [model._default_manager.count() for model in KEPT]


@pytest.mark.parametrize("name", CALLS)
def test_a_revoked_key_does_nothing(api: APIClient, bees: Memory, name: str) -> None:
    before = rows()
    key().update(revoked_at=timezone.now())
    answer = CALLS[name](api, bees)
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")
    assert rows() == before


@pytest.mark.parametrize("name", CALLS)
def test_so_it_is_if_it_is_revoked_while_the_call_is_on_its_way(
    api: APIClient, bees: Memory, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rows()
    init = Standing.__init__

    def revoked(self: Standing, *args: Any, **kwargs: Any) -> None:
        init(self, *args, **kwargs)
        key().update(revoked_at=timezone.now())

    monkeypatch.setattr(Standing, "__init__", revoked)
    assert CALLS[name](api, bees).status_code == 401
    assert rows() == before


@pytest.mark.parametrize("name", CALLS)
def test_what_has_changed_otherwise_counts_at_once(api: APIClient, bees: Memory, name: str) -> None:
    as_it_was = CALLS[name](api, bees)
    before = rows()
    key().update(scope="read", end_user_name="ben")
    answer = CALLS[name](api, bees)
    if name.startswith("reads"):
        assert answer.status_code == 404
    elif name.startswith(("lists", "searches")):
        assert answer.json()["results"] == []
        assert bool(as_it_was.json()["results"]) == (not name.endswith("nobody's"))
    else:
        assert answer.status_code == 403
        assert rows() == before


@pytest.mark.parametrize("name", CALLS)
def test_a_key_that_is_touched_meanwhile_works_on(api: APIClient, bees: Memory, name: str) -> None:
    before = rows()
    key().update(last_used_at=timezone.now())
    answer = CALLS[name](api, bees)
    assert answer.status_code == {"reads none": 404, "sends nonsense": 400}.get(name, 200)
    if name.startswith("adds"):
        assert Event.objects.count() == before[0] + 1


@pytest.mark.parametrize("name", ["reads one", "lists", "searches", "adds"])
def test_what_is_known_costs_no_question_of_its_own(
    api: APIClient, bees: Memory, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(limits, "_ask", lambda *args: asked.append(args))
    confirm = Standing.confirm
    monkeypatch.setattr(Standing, "confirm", lambda self: self.confirmed or asked.append(self) or confirm(self))
    answer = CALLS[name](api, bees)
    assert (answer.status_code, asked) == (200, [])
    assert int(answer["X-RateLimit-Remaining"]) < 900_000


def test_what_cannot_be_stored_plainly_is_confirmed_first(
    api: APIClient, bees: Memory, alice_project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    Webhook.objects.create(project=alice_project, name="theirs", url="https://example.com/", event_types=[])
    confirmed: list[bool] = []
    plainly, queued = at_once._store, record._store

    def note(principal: Principal) -> None:
        assert principal.standing is not None
        confirmed.append(principal.standing.confirmed)

    monkeypatch.setattr(at_once, "_store", lambda simple: note(simple.principal) or plainly(simple))
    monkeypatch.setattr(record, "_store", lambda principal, *args: note(principal) or queued(principal, *args))
    for name in ("adds", "adds what is to be read"):
        assert CALLS[name](api, bees).status_code == 200
    assert confirmed == [True, True]


def test_a_model_elsewhere_is_asked_for_nobody_unconfirmed(
    api: APIClient, bees: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("memories.services.search.asks_elsewhere", lambda project: True)
    asked: list[Any] = []
    monkeypatch.setattr("memories.services.search.rewritten", lambda *args: asked.append(args))
    key().update(revoked_at=timezone.now())
    assert CALLS["searches"](api, bees).status_code == 401
    assert asked == []


@pytest.mark.parametrize("name", ["searches", "searches by a filter"])
def test_a_key_that_is_touched_while_a_model_answers_finds_what_there_is(
    api: APIClient, bees: Memory, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("memories.services.search", "memories.api.memories"):
        monkeypatch.setattr(f"{module}.asks_elsewhere", lambda project: True)
    asked: list[int] = []

    def rewritten(project: Project, query: str, wanted: Any) -> tuple[list[str], list[str]]:
        asked.append(key().update(last_used_at=timezone.now()))
        return [query], []

    monkeypatch.setattr("memories.services.search.rewritten", rewritten)
    answer = CALLS[name](api, bees)
    assert ([hit["id"] for hit in answer.json()["results"]], asked) == ([str(bees.pk)], [1])


def test_what_a_filter_reads_late_is_confirmed_after_it(
    api: APIClient, bees: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Scope.rows

    def touched(self: Scope, *args: Any) -> Any:
        monkeypatch.setattr(Scope, "rows", rows)
        key().update(last_used_at=timezone.now())
        return rows(self, *args)

    monkeypatch.setattr(Scope, "rows", touched)
    answer = CALLS["searches by a filter"](api, bees)
    assert [hit["id"] for hit in answer.json()["results"]] == [str(bees.pk)]


@pytest.mark.parametrize("path", [LIST, SEARCH, ADD, "/v2/memories/?user_id=ann", "/v1/memories/"])
def test_a_body_that_cannot_be_read_is_no_empty_one(api: APIClient, path: str) -> None:
    def call() -> Any:
        return api.generic("POST", path, b'{"filters": ', "application/json", headers={"Idempotency-Key": "1"})

    as_it_is = call()
    key().update(last_used_at=timezone.now())
    answer = call()
    assert (answer.status_code, answer.json()["detail"]) == (400, as_it_is.json()["detail"])
    assert answer.json()["code"] == "parse_error"
    assert not KeyedCall.objects.exists()
    key().update(revoked_at=timezone.now())
    assert call().status_code == 401


def test_standing_is_asked_once(alice: User, alice_project: Project) -> None:
    own, _secret = ApiKey.issue(project=alice_project, name="app", created_by=alice)
    standing = Standing(own.pk, "no such stamp")
    with pytest.raises(Changed):
        standing.confirm()
    standing.confirmed = True
    standing.confirm()
    assert standing.condition is not None
    with pytest.raises(Changed):
        standing.confirm()
