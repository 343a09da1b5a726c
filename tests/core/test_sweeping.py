"""Jobs whose ring or worker was lost are rung for again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from memories.models import Event
from memories.services.sweeping import sweep
from tests.core.test_ingest import outcome, tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    rung: list[Any] = []
    monkeypatch.setattr("memories.services.sweeping.ring", lambda job_id, task: rung.append(job_id))
    monkeypatch.setattr("memories.services.sweeping.unheard", lambda: 0)
    return rung


def test_events_whose_ring_or_worker_was_lost_are_rung_for(alice: User, rung: list[Any]) -> None:
    lost, orphaned, _fresh, later, held, done = (tell(alice, f"Fact number {i}.") for i in range(6))
    long_ago, soon = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(minutes=1)
    running = {"status": Event.Status.RUNNING, "available_at": long_ago}
    Event.objects.filter(pk=lost.pk).update(available_at=long_ago)
    Event.objects.filter(pk=orphaned.pk).update(leased_until=long_ago, **running)
    Event.objects.filter(pk=later.pk).update(available_at=soon)
    Event.objects.filter(pk=held.pk).update(leased_until=soon, **running)
    Event.objects.filter(pk=done.pk).update(status=Event.Status.SUCCEEDED, available_at=long_ago)
    assert sweep() == 2
    assert set(rung) == {lost.pk, orphaned.pk}


def test_a_long_queue_grows_by_few(alice: User, rung: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    events = [tell(alice, f"Fact number {i}.") for i in range(4)]
    Event.objects.update(available_at=timezone.now() - timedelta(minutes=1))
    monkeypatch.setattr("memories.services.sweeping.unheard", lambda: 1_000)
    monkeypatch.setattr("memories.services.sweeping.FEW", 3)
    assert sweep() == 3
    assert set(rung) <= {event.pk for event in events}


def test_a_broker_that_is_away_loses_nothing(
    alice: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def refuse(*args: Any, **more: Any) -> None:
        raise ConnectionRefusedError("no broker")

    monkeypatch.setattr("memories.dispatch.current_app.send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        event = tell(alice, "I keep bees.")
    assert outcome(event) == ("PENDING", 0, "")
