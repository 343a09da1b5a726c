"""Rate limits: exact, told in headers, and never what ends the service; and how operators set them."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.limits import count_call, forget_idle_counts
from accounts.models import ApiKey, Project, RequestCount, User
from tests.conftest import api_client, signed_in

PING = "/v1/ping/"
ADD = "/v3/memories/add/"
DAY = 86400


def told(answer: Any) -> tuple[int, int]:
    """Return the limit and what remains, as the headers say."""
    return int(answer["X-RateLimit-Limit"]), int(answer["X-RateLimit-Remaining"])


def add(api: APIClient, text: str = "I sing.", **more: Any) -> Any:
    return api.post(ADD, {"messages": text, "user_id": "ann", "infer": False, **more})


def key_of(project: Project) -> ApiKey:
    return ApiKey.objects.get(project=project)


class TestRateLimits:
    def test_a_key_gets_its_number_of_calls_and_then_429(self, settings: Any, alice_api: APIClient) -> None:
        settings.RATE_LIMIT_PER_KEY = "3/day"
        assert [told(alice_api.get(PING)) for _ in range(3)] == [(3, 2), (3, 1), (3, 0)]
        for _ in range(2):
            refused = alice_api.get(PING)
            assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
            assert told(refused) == (3, 0)
            wait = int(refused["Retry-After"])
            assert 1 <= wait <= DAY
            assert abs(int(refused["X-RateLimit-Reset"]) - time.time() - wait) < 5

    def test_the_last_call_that_is_allowed_tells_how_long_the_next_has_to_wait(
        self, settings: Any, alice_api: APIClient
    ) -> None:
        settings.RATE_LIMIT_PER_KEY = "2/day"
        assert alice_api.get(PING)["Retry-After"] == "0"
        last = alice_api.get(PING)
        assert last.status_code == 200
        assert int(last["Retry-After"]) == pytest.approx(int(last["X-RateLimit-Reset"]) - time.time(), abs=5)

    def test_the_next_window_begins_anew(self, settings: Any, alice_api: APIClient) -> None:
        settings.RATE_LIMIT_PER_KEY = "1/day"
        assert alice_api.get(PING).status_code == 200
        assert alice_api.get(PING).status_code == 429
        counted = RequestCount.objects.get()
        RequestCount.objects.update(window_start=counted.window_start - DAY)
        assert alice_api.get(PING).status_code == 200
        assert RequestCount.objects.get().count == 1

    def test_keys_share_their_projects_limit_and_no_other(
        self, settings: Any, alice: User, charlie_api: APIClient
    ) -> None:
        settings.RATE_LIMIT_PER_PROJECT = "3/day"
        one, other = api_client(alice), api_client(alice)
        assert [told(api.get(PING)) for api in (one, other, one)] == [(3, 2), (3, 1), (3, 0)]
        assert other.get(PING).status_code == 429
        assert charlie_api.get(PING).status_code == 200

    def test_a_key_over_its_limit_does_not_use_up_its_projects(self, settings: Any, alice: User) -> None:
        settings.RATE_LIMIT_PER_KEY, settings.RATE_LIMIT_PER_PROJECT = "1/day", "3/day"
        greedy, modest = api_client(alice), api_client(alice)
        assert [greedy.get(PING).status_code for _ in range(5)] == [200, 429, 429, 429, 429]
        assert modest.get(PING).status_code == 200

    def test_the_narrower_limit_is_told(self, settings: Any, alice_api: APIClient) -> None:
        settings.RATE_LIMIT_PER_KEY, settings.RATE_LIMIT_PER_PROJECT = "100/min", "5/day"
        assert told(alice_api.get(PING)) == (5, 4)

    @pytest.mark.parametrize(("own", "limit"), [("2/day", "2"), ("none", None), ("", "9")])
    def test_a_keys_own_limit_comes_before_the_setting(
        self, settings: Any, alice_api: APIClient, alice_project: Project, own: str, limit: str | None
    ) -> None:
        settings.RATE_LIMIT_PER_KEY = "9/day"
        ApiKey.objects.filter(project=alice_project).update(rate_limit=own)
        answer = alice_api.get(PING)
        assert answer.status_code == 200
        # Without a limit of its own, the answer tells what the server grants by default.
        assert answer["X-RateLimit-Limit"] == (limit or "9")
        assert RequestCount.objects.count() == (0 if own == "none" else 1)

    def test_a_projects_own_limit_comes_before_the_setting(self, alice_api: APIClient, alice_project: Project) -> None:
        Project.objects.filter(pk=alice_project.pk).update(rate_limit="1/day")
        assert [alice_api.get(PING).status_code for _ in range(2)] == [200, 429]

    def test_no_limit_at_all_has_no_headers_and_counts_nothing(self, settings: Any, alice_api: APIClient) -> None:
        settings.RATE_LIMIT_PER_KEY = "none"
        answer = alice_api.get(PING)
        assert "X-RateLimit-Limit" not in answer
        assert answer["Retry-After"] == "0"
        assert not RequestCount.objects.exists()

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("get", PING, 200), ("post", ADD, 400), ("get", ADD, 405), ("get", "/v1/nothing/", 404),
            ("get", "/api/nothing/", 404), ("get", "/v1/memories/x/", 400), ("get", "/v1/event/%00/", 400),
            ("post", "/generate-instructions", 400), ("get", "/generate-instructions", 405),
        ],
    )  # fmt: skip
    def test_every_answer_has_the_headers(self, alice_api: APIClient, method: str, path: str, status: int) -> None:
        answer = getattr(alice_api, method)(path)
        assert answer.status_code == status
        assert told(answer)[0] == 30000
        assert int(answer["X-RateLimit-Reset"]) > time.time()
        assert answer["Retry-After"] == "0"

    def test_so_have_the_answers_to_strangers_whom_nobody_counts(self, db: None) -> None:
        for header in ("", "Token mh_x_y"):
            answer = Client().get(PING, headers={"Authorization": header})
            assert (answer.status_code, told(answer)) == (401, (30000, 30000))
        assert not RequestCount.objects.exists()

    def test_a_call_that_is_not_allowed_counts_too(self, settings: Any, alice: User) -> None:
        settings.RATE_LIMIT_PER_KEY = "9/day"
        reader = api_client(alice, scope="read")
        assert add(reader).status_code == 403
        assert RequestCount.objects.get(subject__startswith="key:").count == 1

    def test_health_and_pages_are_not_counted_and_have_no_headers(self, alice_client: Client) -> None:
        for path in ("/health/live/", "/health/ready/", "/"):
            assert "X-RateLimit-Limit" not in alice_client.get(path)
        assert not RequestCount.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_calls_are_answered_when_counting_fails(
        self, alice_api: APIClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE accounts_requestcount RENAME TO elsewhere")
        try:
            assert alice_api.get(PING).status_code == 200
        finally:
            with connection.cursor() as cursor:
                cursor.execute("ALTER TABLE elsewhere RENAME TO accounts_requestcount")
        assert "could not be counted" in caplog.text

    def test_a_limit_that_cannot_be_read_does_not_stop_a_key(
        self, alice_api: APIClient, alice_project: Project, caplog: pytest.LogCaptureFixture
    ) -> None:
        ApiKey.objects.filter(project=alice_project).update(rate_limit="plenty")
        assert alice_api.get(PING).status_code == 200
        assert "'plenty' is not a rate" in caplog.text

    @pytest.mark.django_db(transaction=True)
    def test_not_one_call_more_passes_when_many_come_at_once(self, alice: User, alice_project: Project) -> None:
        keys = [
            ApiKey.issue(project=alice_project, name=str(number), created_by=alice, scope="read")[0]
            for number in range(4)
        ]
        ApiKey.objects.update(rate_limit="20/day")
        Project.objects.update(rate_limit="50/day")
        for key in keys:
            key.refresh_from_db()

        def call(number: int) -> bool:
            try:
                allowance = count_call(keys[number % 4])
                return allowance is not None and not allowance.wait
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(call, range(160))) == 50

    def test_the_counts_of_those_who_left_are_swept(self, alice_api: APIClient) -> None:
        alice_api.get(PING)
        assert forget_idle_counts() == 0
        RequestCount.objects.update(window_start=int(time.time()) - 3 * DAY)
        assert forget_idle_counts() == 1

    def test_counting_waits_for_no_disk(self, db: None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'accounts_requestcount'")
            assert cursor.fetchone() == ("u",)


class TestOperators:
    @pytest.fixture
    def operator(self, db: None) -> Client:
        return signed_in(User.objects.create_superuser("operator@example.com", "pw"))

    @pytest.fixture
    def edit(self, operator: Client) -> Callable[..., Any]:
        def edit(name: str, pk: object, **changes: str) -> Any:
            url = reverse(f"admin:accounts_{name}_change", args=[pk])
            form = operator.get(url).context["adminform"].form
            values = {field: form[field].value() for field in form.fields}
            return operator.post(url, {k: v for k, v in (values | changes).items() if v is not None})

        return edit

    def test_limits_are_set_in_admin(self, edit: Callable[..., Any], alice: User, alice_project: Project) -> None:
        api = api_client(alice)
        assert edit("apikey", key_of(alice_project).pk, rate_limit="7/day").status_code == 302
        assert told(api.get(PING)) == (7, 6)
        assert edit("project", alice_project.pk, rate_limit="5/hour", memory_quota="1").status_code == 302
        assert told(api.get(PING)) == (5, 4)
        assert [add(api, text).status_code for text in ("I sing.", "I dance.")] == [200, 413]

    def test_what_is_no_rate_is_refused_there(
        self, edit: Callable[..., Any], alice: User, alice_project: Project
    ) -> None:
        api_client(alice)
        answer = edit("apikey", key_of(alice_project).pk, rate_limit="0/min")
        assert "Write a rate such as 600/min" in answer.content.decode()

    def test_and_in_the_environment(self, settings: Any, db: None) -> None:
        settings.RATE_LIMIT_PER_KEY = "600 per minute"
        with pytest.raises(SystemCheckError, match=r"RATE_LIMIT_PER_KEY: '600 per minute' is not a rate.\n.*600/min"):
            call_command("check")
