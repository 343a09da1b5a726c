"""Rate limits: exact, told in headers, and never what ends the service; and how operators set them and quotas."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts import limits
from accounts.limits import count_call, forget_idle_counts
from accounts.models import ApiKey, Project, RequestCount, User
from accounts.portions import Portions
from accounts.rates import Rate
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

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize(("key", "project"), [(5000, 9000), (9000, 5000), (5000, 5000)])
    def test_of_a_large_limit_portions_are_taken_and_not_one_call_more(
        self, alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch, key: int, project: int
    ) -> None:
        api_key, _secret = ApiKey.issue(project=alice_project, name="app", created_by=alice, scope="read")
        ApiKey.objects.update(rate_limit=f"{key}/day")
        Project.objects.update(rate_limit=f"{project}/day")
        api_key.refresh_from_db()
        asked: list[Any] = []
        ask = limits._ask
        monkeypatch.setattr(limits, "_ask", lambda *args: asked.append(args) or ask(*args))
        remaining = []
        while (allowance := count_call(api_key)) is not None and not allowance.wait:
            remaining.append(allowance.remaining)
        # Each call is told its own number, and the last one is let through by itself.
        assert remaining == list(range(4999, -1, -1))
        written = [sizes for rates, sizes, _condition in asked if rates]
        assert len(written) < 1600
        assert {row.count for row in RequestCount.objects.all()} <= set(range(5000, 5011))

    @pytest.mark.django_db(transaction=True)
    def test_two_processes_share_a_large_limit(
        self, alice: User, alice_project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        api_key, _secret = ApiKey.issue(project=alice_project, name="app", created_by=alice, scope="read")
        ApiKey.objects.update(rate_limit="5000/day")
        api_key.refresh_from_db()
        processes = [Portions(), Portions()]
        passed = 0
        for number in range(5100):
            monkeypatch.setattr(limits, "_PORTIONS", processes[number % 2])
            allowance = count_call(api_key)
            passed += allowance is not None and not allowance.wait
        assert passed == 5000

    @pytest.mark.parametrize("ahead", [-70, 70])
    def test_clocks_that_differ_cost_no_more_than_a_question(
        self, db: None, monkeypatch: pytest.MonkeyPatch, ahead: int
    ) -> None:
        rates = {"key:1": Rate(60_000, DAY), "project:1": Rate(90_000, DAY)}
        now, *_none = limits._ask({}, {}, limits.ALWAYS)
        RequestCount.objects.create(subject="key:1", window_start=now - now % DAY, count=59_990)
        clock = SimpleNamespace(**{**vars(time), "time": lambda: time.time() + ahead * DAY})
        monkeypatch.setattr("accounts.portions.time", clock)
        monkeypatch.setattr(limits, "_PORTIONS", Portions())
        asked: list[Any] = []
        ask = limits._ask
        monkeypatch.setattr(limits, "_ask", lambda *args: asked.append(args) or ask(*args))
        for left in (9, 8, 7):
            before = len(asked)
            allowance = limits._take(rates, limits.ALWAYS)
            assert allowance is not None
            assert allowance.remaining == left
            assert len(asked) - before <= 3

    def test_a_portion_ends_with_its_window_and_with_its_limit(self) -> None:
        portions, rate = Portions(), Rate(30_000, 60)
        assert portions.size("key:1", rate) == 30
        assert portions.put("key:1", rate, 120, count=30, size=30, clock=0.0) == 1
        assert [portions.take("key:1", rate, moment) for moment in (121, 179)] == [2, 3]
        assert portions.take("key:1", rate, 180) is None
        assert portions.take("key:1", Rate(60_000, 60), 122) is None
        assert portions.put("key:1", rate, 180, count=90, size=30, clock=0.0) == 61

    def test_of_several_portions_a_call_is_taken_from_each_or_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = 5.0
        monkeypatch.setattr("accounts.portions.seconds", lambda: clock)
        portions, rates = Portions(), {"key:1": Rate(30_000, 60), "project:1": Rate(3_000, 60)}
        # Postgres' clock says 120 and some fraction of a second.
        assert portions.put("key:1", rates["key:1"], 120, count=30, size=30, clock=clock) == 1
        assert portions.take_of_each(rates) is None
        assert portions.put("project:1", rates["project:1"], 120, count=3, size=3, clock=clock) == 1
        assert portions.take_of_each(rates) == (121, {"key:1": 2, "project:1": 2})
        clock += 58.9
        assert portions.take_of_each(rates) == (179, {"key:1": 3, "project:1": 3})
        assert portions.take_of_each(rates) is None  # the project's is used up
        clock += 0.2  # the window may be over
        assert portions.take_of_each({"key:1": rates["key:1"]}) is None
        clock -= 0.2
        assert portions.take_of_each({"key:1": rates["key:1"]}) == (179, {"key:1": 4})

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
