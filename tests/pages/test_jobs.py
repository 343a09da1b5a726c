"""Jobs: visible, with their cause, and retried by a click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Project, User
from accounts.principal import Principal
from memories.models import Event, Memory
from memories.services.changes import Actor
from memories.services.forgetting import forget
from memories.services.record import Conversation, Said, record
from tests.conftest import Remember
from tests.pages.markup import text_of

Job = Callable[..., Event]
POLLS = 'hx-trigger="every 2s"'


@pytest.fixture
def job(alice: User, alice_project: Project) -> Job:
    """Record a conversation that no worker has read, and give it the fields that are asked for."""

    def make(text: str = "I like hiking.", **fields: Any) -> Event:
        said = [Said(role="user", text=text, speaker="Ann"), Said(role="assistant", text="Noted.")]
        conversation = Conversation(said=said, entities={"user_id": "ann", "app_id": "support-chat"})
        event = record(principal=Principal(user=alice), project=alice_project, conversation=conversation)
        if fields:
            Event.objects.filter(pk=event.pk).update(**fields)
            event.refresh_from_db()
        return event

    return make


def failed(job: Job, **fields: Any) -> Event:
    error = {"error_code": "ProviderRejected", "error": "The key in OPENAI_API_KEY is not valid."}
    return job(status="FAILED", completed_at=timezone.now(), attempts=6, **(error | fields))


def test_a_newcomer_is_shown_the_way(alice_client: Client) -> None:
    page = text_of(alice_client.get("/jobs/"))
    assert "No jobs yet" in page
    assert POLLS not in page


def test_a_waiting_job_is_shown_and_the_list_renews_itself(alice_client: Client, job: Job) -> None:
    event = job()
    page = text_of(alice_client.get("/jobs/"))
    assert f"/jobs/{event.pk}/" in page
    assert "ann" in page
    assert "support-chat" in page
    assert "Waiting" in page
    assert POLLS in page
    assert "Refresh" in page


def test_the_list_rests_when_everything_is_done(alice_client: Client, job: Job) -> None:
    job(status="SUCCEEDED", completed_at=timezone.now())
    assert POLLS not in text_of(alice_client.get("/jobs/"))


def test_a_renewal_is_the_list_alone(alice_client: Client, job: Job) -> None:
    job()
    page = text_of(alice_client.get("/jobs/", headers={"HX-Request": "true"}))
    assert page.strip().startswith("<div")
    assert 'id="jobs"' in page
    assert "<html" not in page


def test_a_failure_shows_its_cause_and_what_to_do(alice_client: Client, job: Job) -> None:
    event = failed(job)
    for url in ("/jobs/", f"/jobs/{event.pk}/"):
        page = text_of(alice_client.get(url))
        assert "ProviderRejected" in page
        assert "OPENAI_API_KEY is not valid" in page
        assert "Check the model’s key" in page
        assert f'action="/jobs/{event.pk}/retry/"' in page


def test_an_unknown_error_code_still_says_what_to_do(alice_client: Client, job: Job) -> None:
    event = failed(job, error_code="internal_error")
    assert "Retry it" in text_of(alice_client.get(f"/jobs/{event.pk}/"))


def test_a_failed_job_is_tried_again_where_it_was_asked_for(alice_client: Client, job: Job) -> None:
    event = failed(job)
    response = alice_client.post(f"/jobs/{event.pk}/retry/", {"next": f"/jobs/{event.pk}/"})
    assert response["Location"] == f"/jobs/{event.pk}/"
    event.refresh_from_db()
    assert event.status == Event.Status.PENDING
    assert event.messages.count() == 2


def test_retrying_from_nowhere_leads_to_the_list(alice_client: Client, job: Job) -> None:
    response = alice_client.post(f"/jobs/{failed(job).pk}/retry/", {"next": "https://evil.example/"})
    assert response["Location"] == "/jobs/"


def test_all_failed_jobs_are_retried_at_once(alice_client: Client, job: Job) -> None:
    failed(job)
    failed(job)
    done = job(status="SUCCEEDED", completed_at=timezone.now())
    assert "Retry 2 failed jobs" in text_of(alice_client.get("/jobs/"))
    page = text_of(alice_client.post("/jobs/retry/", follow=True))
    assert "2 jobs are being tried again." in page
    assert Event.objects.filter(status="PENDING").count() == 2
    done.refresh_from_db()
    assert done.status == Event.Status.SUCCEEDED


def test_a_job_between_attempts_says_when_the_next_is(alice_client: Client, job: Job) -> None:
    event = job(error_code="ProviderTimeout", error="No answer within 60 s.", attempts=1)
    page = text_of(alice_client.get(f"/jobs/{event.pk}/"))
    assert "No answer within 60 s." in page
    assert "tried again by itself" in page
    assert "/retry/" not in page


def test_detail_shows_who_said_what_and_what_came_of_it(alice_client: Client, remember: Remember) -> None:
    memory = remember("毎朝、抹茶ラテを飲みます。", user_id="健太")
    event = Event.objects.get()
    page = text_of(alice_client.get(f"/jobs/{event.pk}/"))
    assert page.count("毎朝、抹茶ラテを飲みます。") == 2
    assert f"/memories/{memory.pk}/" in page
    assert "健太" in page
    assert f'<time datetime="{event.said_at:%Y-%m-%dT%H:%M:%SZ}"' in page
    assert POLLS not in page


def test_detail_tells_what_was_known_already(alice_client: Client, remember: Remember) -> None:
    remember("I am allergic to peanuts.")
    remember("I am allergic to peanuts.")
    newest, first = Event.objects.order_by("-created_at")
    assert "Known already" in text_of(alice_client.get(f"/jobs/{newest.pk}/"))
    assert "Known already" not in text_of(alice_client.get(f"/jobs/{first.pk}/"))


def test_detail_tells_what_lies_in_the_trash(alice: User, alice_client: Client, remember: Remember) -> None:
    remember("I like tea.")
    forget(memories=Memory.objects.all(), actor=Actor(label="alice"))
    assert "In trash" in text_of(alice_client.get(f"/jobs/{Event.objects.get().pk}/"))


def test_detail_shows_refusals_model_and_tokens(alice_client: Client, job: Job) -> None:
    refusals = [{"text": "Ann likes tea.", "reason": "Only the assistant said so."}]
    fields = {"refusals": refusals, "model": "gpt-4.1-mini", "input_tokens": 1234, "output_tokens": 56}
    event = job(status="SUCCEEDED", completed_at=timezone.now(), **fields)
    page = text_of(alice_client.get(f"/jobs/{event.pk}/"))
    for expected in ("Ann likes tea.", "Only the assistant said so.", "gpt-4.1-mini", "1,234", "56"):
        assert expected in page


def test_detail_renews_itself_until_the_job_is_done(alice_client: Client, job: Job) -> None:
    event = job(status="RUNNING")
    assert POLLS in text_of(alice_client.get(f"/jobs/{event.pk}/"))
    part = text_of(alice_client.get(f"/jobs/{event.pk}/", headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert 'id="job"' in part


def test_jobs_are_filtered_by_status(alice_client: Client, job: Job) -> None:
    waiting, broken = job(), failed(job)
    page = text_of(alice_client.get("/jobs/?status=FAILED"))
    assert str(broken.pk) in page
    assert str(waiting.pk) not in page


@pytest.mark.parametrize("status", ["nonsense", "%00", "failed"])
def test_a_status_that_is_none_matches_nothing(alice_client: Client, job: Job, status: str) -> None:
    event = job()
    response = alice_client.get(f"/jobs/?status={status}")
    assert response.status_code == 200
    assert str(event.pk) not in text_of(response)


def test_a_long_list_comes_in_pages_and_with_few_queries(
    alice_client: Client, job: Job, django_assert_max_num_queries
) -> None:
    for _ in range(52):
        job(status="SUCCEEDED", completed_at=timezone.now())
    with django_assert_max_num_queries(11):
        first = text_of(alice_client.get("/jobs/?status=SUCCEEDED"))
    assert "Page 1 of 2" in first
    assert "?status=SUCCEEDED&amp;page=2" in first
    last = text_of(alice_client.get("/jobs/?page=2"))
    assert last.count("bg-green-lt") == 2
    assert alice_client.get("/jobs/?page=999&status=x").status_code == 200


def test_a_strangers_job_does_not_exist(charlie_client: Client, job: Job) -> None:
    event = failed(job, error="Alice’s own trouble")
    assert charlie_client.get(f"/jobs/{event.pk}/").status_code == 404
    assert charlie_client.post(f"/jobs/{event.pk}/retry/").status_code == 404
    charlie_client.post("/jobs/retry/")
    assert "own trouble" not in text_of(charlie_client.get("/jobs/"))
    event.refresh_from_db()
    assert event.status == Event.Status.FAILED


def test_a_job_that_never_was_is_404(alice_client: Client) -> None:
    assert alice_client.get(f"/jobs/{uuid4()}/").status_code == 404


def test_an_auditor_sees_failures_and_can_not_retry(auditor_client: Client, job: Job) -> None:
    event = failed(job)
    assert "/retry/" not in text_of(auditor_client.get("/jobs/"))
    for url in (f"/jobs/{event.pk}/retry/", "/jobs/retry/"):
        response = auditor_client.post(url)
        assert response.status_code == 403
        assert "auditor" in text_of(response)


def test_what_people_say_is_shown_as_text(alice_client: Client, job: Job) -> None:
    event = job("<script>alert(1)</script><img src=x onerror=alert(1)>")
    assert "&lt;script&gt;" in text_of(alice_client.get(f"/jobs/{event.pk}/"))


def test_retrying_is_a_post(alice_client: Client, job: Job) -> None:
    assert alice_client.get(f"/jobs/{failed(job).pk}/retry/").status_code == 405
