"""A write with an Idempotency-Key takes effect once, however often it is sent and whatever dies in between."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Project, User
from memories.models import EndUser, Event, KeyedCall, Memory, MemoryVersion
from memories.services import idempotency
from memories.services.changes import Actor
from memories.services.forgetting import erase_entity, purge
from memories.services.idempotency import forget_old_calls
from tests.conftest import Remember, api_client

ADD = "/v3/memories/add/"
SINGING = {"messages": "I sing.", "user_id": "ann", "infer": False}
DANCING = {"messages": "I dance.", "user_id": "ann", "infer": False}
Send = Callable[..., Any]


def add(api: APIClient, body: dict[str, Any] = SINGING, key: str = "k1") -> Any:
    return api.post(ADD, body, headers={"Idempotency-Key": key})


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def abandon(api: APIClient, send: Callable[[], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Send a call whose process dies once it has taken effect, before its answer is kept; then wait a minute."""

    def die(*args: Any, **more: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("memories.api.idempotency.settle", die)
        with pytest.raises(SystemExit):
            send()
    assert KeyedCall.objects.get().status is None
    KeyedCall.objects.update(reserved_at=timezone.now() - idempotency.ABANDONED)


def test_a_repetition_gets_the_first_answer_and_does_nothing(alice_api: APIClient) -> None:
    first, second = add(alice_api), add(alice_api)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Event.objects.count() == Memory.objects.count() == 1


def test_without_the_header_or_with_another_key_it_is_another_call(alice_api: APIClient) -> None:
    add(alice_api, key="k1")
    add(alice_api, key="k2")
    alice_api.post(ADD, SINGING)
    assert Event.objects.count() == 3


@pytest.mark.parametrize("body", [DANCING, {**SINGING, "user_id": "zoe"}, {}])
def test_the_same_key_with_another_body_is_422(alice_api: APIClient, body: dict[str, Any]) -> None:
    add(alice_api)
    assert code(add(alice_api, body)) == (422, "idempotency_key_reused")
    assert Event.objects.count() == 1


def test_the_order_of_fields_is_not_another_body(alice_api: APIClient) -> None:
    add(alice_api)
    assert add(alice_api, dict(reversed(SINGING.items())))["Idempotency-Replayed"] == "true"


def test_the_query_belongs_to_the_call(alice_api: APIClient, remember: Remember) -> None:
    remember("I sing.", user_id="ann")
    remember("I paint.", user_id="zoe")
    key = {"Idempotency-Key": "k"}
    assert alice_api.delete("/v1/memories/?user_id=ann", headers=key).json()["count"] == 1
    assert code(alice_api.delete("/v1/memories/?user_id=zoe", headers=key)) == (422, "idempotency_key_reused")


def test_a_key_counts_per_api_key_path_and_method(
    alice: User, alice_api: APIClient, charlie_api: APIClient, remember: Remember
) -> None:
    for api in (alice_api, charlie_api, api_client(alice)):
        assert "Idempotency-Replayed" not in add(api)
    memory = remember("I paint.")
    key = {"Idempotency-Key": "k1"}
    url = f"/v1/memories/{memory.pk}/"
    assert alice_api.put(url, {"text": "I draw."}, headers=key).status_code == 200
    assert alice_api.delete(url, headers=key).status_code == 200
    again = alice_api.delete(url, headers=key)
    assert (again.status_code, again["Idempotency-Replayed"]) == (200, "true")


def test_an_update_is_made_once(alice_api: APIClient, remember: Remember) -> None:
    url = f"/v1/memories/{remember('I paint.').pk}/"
    send = lambda: alice_api.put(url, {"text": "I draw."}, headers={"Idempotency-Key": "k"})  # noqa: E731
    first = send()
    alice_api.put(url, {"text": "I sculpt."})
    assert send().content == first.content
    assert alice_api.get(url).json()["memory"] == "I sculpt."


def test_an_error_of_the_caller_is_repeated_too(alice_api: APIClient) -> None:
    nobody = {"messages": "I sing."}
    first, second = add(alice_api, nobody), add(alice_api, nobody)
    assert first.status_code == 400
    assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")


def test_what_may_pass_is_tried_again(settings: Any, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.QUOTA_ADDS_PER_MONTH, settings.RATE_LIMIT_PER_KEY = 1, "3/day"
    alice_api.post(ADD, DANCING)
    assert code(add(alice_api)) == (413, "quota_exceeded")
    settings.QUOTA_ADDS_PER_MONTH = 0
    with monkeypatch.context() as patched:
        patched.setattr("memories.api.memories.outcome", None)
        assert code(add(alice_api, key="k2")) == (500, "internal_error")
    assert code(add(alice_api)) == (429, "rate_limited")
    settings.RATE_LIMIT_PER_KEY = "none"
    assert not KeyedCall.objects.exists()
    assert add(alice_api).status_code == 200


def test_a_refused_caller_reserves_nothing(alice: User) -> None:
    assert add(api_client(alice, scope="read")).status_code == 403
    assert add(APIClient()).status_code == 401
    assert not KeyedCall.objects.exists()


@pytest.mark.parametrize("key", ["", "k" * 256, "k\x7f", "é"])
def test_a_key_that_is_none(alice_api: APIClient, key: str) -> None:
    assert code(add(alice_api, key=key)) == (400, "invalid")
    assert not Event.objects.exists()


def test_reads_need_none_and_keep_nothing(alice_api: APIClient, remember: Remember) -> None:
    key = {"Idempotency-Key": "k"}
    body = {"query": "tea", "filters": {"user_id": "ann"}}
    assert alice_api.post("/v3/memories/search/", body, headers=key).json()["results"] == []
    remember("I like tea.")
    assert len(alice_api.post("/v3/memories/search/", body, headers=key).json()["results"]) == 1
    assert alice_api.get("/v1/ping/", headers=key).status_code == 200
    assert not KeyedCall.objects.exists()


class TestTwoAtOnce:
    def test_while_the_first_runs_the_second_is_asked_to_wait(
        self, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers = []
        monkeypatch.setattr("memories.api.memories.outcome", lambda event: answers.append(add(alice_api)) or "done")
        assert add(alice_api).status_code == 200
        assert code(answers[0]) == (409, "idempotency_in_progress")
        assert answers[0]["Retry-After"] == "1"
        assert Event.objects.count() == 1

    @pytest.mark.django_db(transaction=True)
    def test_of_many_one_takes_effect(self, alice: User) -> None:
        api = api_client(alice)

        def send(number: int) -> int:
            try:
                return int(add(api).status_code)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            statuses = set(pool.map(send, range(24)))
        assert 200 in statuses
        assert statuses <= {200, 409}
        assert Event.objects.count() == Memory.objects.count() == 1
        assert add(api)["Idempotency-Replayed"] == "true"


class TestWhenTheProcessDies:
    def test_an_add_that_took_effect_is_not_made_again(
        self, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        abandon(alice_api, lambda: add(alice_api), monkeypatch)
        answer = add(alice_api)
        assert answer.json()["event_id"] == str(Event.objects.get().pk)
        assert [result["memory"] for result in answer.json()["results"]] == ["I sing."]
        assert Memory.objects.count() == 1
        assert add(alice_api).content == answer.content

    def test_an_add_that_took_no_effect_is_made(self, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
        abandon(alice_api, lambda: add(alice_api), monkeypatch)
        Event.objects.all().delete()
        assert add(alice_api).json()["status"] == "SUCCEEDED"
        assert Event.objects.count() == 1

    def test_an_update_is_made_once(
        self, alice_api: APIClient, remember: Remember, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = f"/v1/memories/{remember('I paint.').pk}/"
        send = lambda: alice_api.put(url, {"text": "I draw."}, headers={"Idempotency-Key": "k"})  # noqa: E731
        abandon(alice_api, send, monkeypatch)
        assert send().json()["memory"] == "I draw."
        assert MemoryVersion.objects.count() == 2

    def test_what_might_do_harm_twice_is_refused(
        self, alice_api: APIClient, remember: Remember, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        remember("I sing.")
        send = lambda: alice_api.delete("/v1/memories/?user_id=ann", headers={"Idempotency-Key": "k"})  # noqa: E731
        abandon(alice_api, send, monkeypatch)
        remember("I dance.")
        assert code(send()) == (409, "idempotency_outcome_unknown")
        assert Memory.objects.kept().get().text == "I dance."

    def test_within_the_minute_it_counts_as_running(
        self, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        abandon(alice_api, lambda: add(alice_api), monkeypatch)
        KeyedCall.objects.update(reserved_at=timezone.now() - idempotency.ABANDONED / 2)
        assert code(add(alice_api)) == (409, "idempotency_in_progress")


class TestKeptForADay:
    def test_afterwards_the_key_is_new(self, alice_api: APIClient) -> None:
        add(alice_api)
        KeyedCall.objects.update(created_at=timezone.now() - timedelta(hours=24))
        answer = add(alice_api, DANCING)
        assert answer.status_code == 200
        assert "Idempotency-Replayed" not in answer
        assert Event.objects.count() == 2

    def test_what_is_older_is_swept(self, alice_api: APIClient) -> None:
        add(alice_api, key="old")
        KeyedCall.objects.update(created_at=timezone.now() - timedelta(hours=24))
        add(alice_api, key="new")
        assert forget_old_calls() == 1
        assert add(alice_api, key="new")["Idempotency-Replayed"] == "true"


class TestForgetting:
    def test_nothing_that_was_sent_is_kept_in_the_clear(self, alice_api: APIClient) -> None:
        add(alice_api, {**SINGING, "infer": True}, key="ann@example.com")
        kept = str(KeyedCall.objects.values().get())
        assert not [word for word in ("I sing", "ann", "example") if word in kept]

    def test_a_purge_takes_the_answers_that_speak_of_the_memory(self, alice_api: APIClient) -> None:
        add(alice_api, SINGING, key="sing")
        add(alice_api, DANCING, key="dance")
        purge(memories=Memory.objects.filter(text="I sing."), actor=Actor(label="test"))
        assert not KeyedCall.objects.filter(answer__contains="sing").exists()
        assert code(add(alice_api, SINGING, key="sing")) == (409, "idempotency_answer_erased")
        assert add(alice_api, DANCING, key="dance")["Idempotency-Replayed"] == "true"
        assert Memory.objects.get().text == "I dance."

    def test_erasing_a_person_takes_every_answer_of_the_project_and_no_other(
        self, alice_api: APIClient, charlie_api: APIClient, alice_project: Project
    ) -> None:
        add(alice_api)
        add(charlie_api)
        alice_api.delete("/v2/entities/user/nobody/", headers={"Idempotency-Key": "k"})
        erase_entity(entity=EndUser.objects.get(project=alice_project), actor=Actor(label="test"))
        assert set(KeyedCall.objects.filter(project=alice_project).values_list("answer", flat=True)) == {None}
        assert code(add(alice_api)) == (409, "idempotency_answer_erased")
        assert add(charlie_api)["Idempotency-Replayed"] == "true"
        assert not Memory.objects.filter(project=alice_project).exists()

    def test_the_call_that_erases_can_be_repeated(self, alice_api: APIClient, remember: Remember) -> None:
        remember("I sing.", user_id="ann")
        send = lambda: alice_api.delete("/v2/entities/user/ann/", headers={"Idempotency-Key": "k"})  # noqa: E731
        first = send()
        assert first.json()["message"] == "Entity deleted successfully!"
        second = send()
        assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")

    def test_what_is_erased_while_a_call_runs_is_not_kept_by_it(
        self, alice_api: APIClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from memories.api import memories as door

        finish = door.with_warnings

        def erased_meanwhile(answer: dict[str, Any], warnings: list[str]) -> dict[str, Any]:
            erase_entity(entity=EndUser.objects.get(), actor=Actor(label="test"))
            return finish(answer, warnings)

        monkeypatch.setattr(door, "with_warnings", erased_meanwhile)
        assert "I sing." in add(alice_api).content.decode()
        assert (KeyedCall.objects.get().status, KeyedCall.objects.get().answer) == (200, None)
        assert code(add(alice_api)) == (409, "idempotency_answer_erased")
