"""A person of whom too much is remembered: what says the same is merged, then the coolest archived."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from memories.models import Memory
from memories.models.stated import Layer
from memories.services.changes import Actor
from memories.services.consolidation import crowding
from memories.services.consolidation.crowding import relieve
from memories.services.forgetting import forget
from tests.conftest import Remember
from tests.lifecycle.conftest import Settings, aged, of_layer, undone

pytestmark = pytest.mark.django_db


def states() -> dict[str, str]:
    return dict(Memory.objects.values_list("text", "state"))


def test_nothing_is_put_aside_up_to_the_capacity_or_without_one(remember: Remember, settings_are: Settings) -> None:
    for text in ("I like tea", "I like rice"):
        remember(text)
    remember("I like tea", user_id="bea")
    assert relieve(settings_are(capacity=2)) == 0
    assert relieve(settings_are()) == 0
    assert set(states().values()) == {"active"}


def test_the_coolest_are_archived_with_a_version_each(remember: Remember, settings_are: Settings) -> None:
    rows = {"tea": {"visits": 3}, "rice": {"visits": 1}, "jam": {}, "bread": {}, "nuts": {"importance": 1.0}}
    for what, more in rows.items():
        aged(of_layer(remember(f"I eat {what}"), Layer.USER, **more), 10)
    project = settings_are(capacity=3)
    assert (relieve(project), relieve(project)) == (2, 0)
    archived = Memory.objects.filter(state="archived")
    assert {memory.text for memory in archived} == {"I eat jam", "I eat bread"}
    version = archived[0].versions.first()
    assert version is not None
    assert (version.change, version.actor, version.state) == ("ARCHIVE", "consolidation", "archived")
    assert "More than 3" in version.reason
    assert AuditEntry.objects.filter(action="memory.archive").count() == 2


def test_more_than_a_transaction_holds_is_put_aside_in_turns(
    remember: Remember, settings_are: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "AT_ONCE", 2)
    for index in range(6):
        remember(f"I like tea number {index}")
    assert relieve(settings_are(capacity=1)) == 5


def test_what_was_recalled_lately_is_warmer(remember: Remember, settings_are: Settings) -> None:
    for text, hours in (("I eat jam", 1), ("I eat bread", 100)):
        memory = aged(remember(text), 10)
        Memory.objects.filter(pk=memory.pk).update(visits=1, visited_at=timezone.now() - timedelta(hours=hours))
    assert relieve(settings_are(capacity=1)) == 1
    assert states() == {"I eat jam": "active", "I eat bread": "archived"}


def test_pinned_and_immutable_ones_stay_and_so_does_what_was_brought_back(
    remember: Remember, settings_are: Settings
) -> None:
    of_layer(remember("I eat jam"), Layer.USER, pinned=True)
    remember("I eat bread", immutable=True)
    rice = remember("I eat rice")
    project = settings_are(capacity=1)
    assert relieve(project) == 1
    assert undone(rice).state == "active"
    assert relieve(project) == 0
    assert set(states().values()) == {"active"}


def test_others_and_what_holds_no_longer_do_not_count(remember: Remember, settings_are: Settings) -> None:
    remember("I eat jam")
    yesterday = timezone.now() - timedelta(days=1)
    of_layer(remember("I eat bread"), Layer.USER, expiration_date=yesterday.date())
    of_layer(remember("I eat rice"), Layer.USER, valid_until=yesterday)
    of_layer(remember("I eat soup"), Layer.USER, state="pending")
    assert relieve(settings_are(capacity=1)) == 0


class TestMerging:
    def test_what_says_the_same_is_merged_first(self, remember: Remember, settings_are: Settings) -> None:
        cool = remember("I really like green tea.", run_id="r1")
        warm = of_layer(remember("I like green tea", run_id="r2"), Layer.USER, visits=2)
        remember("I play chess")
        Memory.objects.filter(pk=cool.pk).update(importance=0.9)
        project = settings_are(capacity=2)
        assert (relieve(project), relieve(project)) == (1, 0)
        for memory in (cool, warm):
            memory.refresh_from_db()
        assert (cool.state, cool.superseded_by, warm.state) == ("archived", warm, "active")
        assert (warm.sources.count(), warm.importance, warm.text) == (2, 0.9, "I like green tea")
        changes = {memory.text: memory.versions.first().change for memory in Memory.objects.all()}  # type: ignore[union-attr]
        assert changes == {"I really like green tea.": "MERGE", "I like green tea": "MERGE", "I play chess": "ADD"}

    def test_it_can_be_taken_back_and_stays_so(self, remember: Remember, settings_are: Settings) -> None:
        cool = remember("I really like green tea.", run_id="r1")
        of_layer(remember("I like green tea", run_id="r2"), Layer.USER, visits=2)
        project = settings_are(capacity=1)
        assert relieve(project) == 1
        back = undone(cool)
        assert (back.state, back.superseded_by, back.valid_until) == ("active", None, None)
        assert relieve(project) == 1, "now the other is the coolest that may go"
        cool.refresh_from_db()
        assert cool.state == "active"

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"about": "Ben"}, {"about": "Cleo"}),
            ({"speaker": "Ben"}, {"speaker": "Cleo"}),
            ({"layer": "session"}, {"layer": "session"}),
        ],
    )
    def test_two_people_or_two_sessions_are_two_statements(
        self, remember: Remember, settings_are: Settings, one: dict[str, str], other: dict[str, str]
    ) -> None:
        for run, more in (("r1", one), ("r2", other)):
            memory = remember("Lives in Osaka", run_id=run)
            Memory.objects.filter(pk=memory.pk).update(visits=1, **more)
        remember("I play chess")
        assert relieve(settings_are(capacity=2)) == 1
        assert states()["I play chess"] == "archived"
        assert not Memory.objects.filter(superseded_by__isnull=False).exists()

    def test_japanese_and_chinese(self, remember: Remember, settings_are: Settings) -> None:
        for index, text in enumerate(("私は緑茶が好きです。", "緑茶が好きだよ", "我喜欢绿茶。", "我喜欢绿茶啊")):
            memory = remember(text, run_id=f"r{index}")
            Memory.objects.filter(pk=memory.pk).update(visits=index)
        assert relieve(settings_are(capacity=2)) == 2
        assert set(Memory.objects.active().values_list("text", flat=True)) == {"緑茶が好きだよ", "我喜欢绿茶啊"}

    def test_what_another_was_merged_into_is_not_archived_with_it(
        self, remember: Remember, settings_are: Settings
    ) -> None:
        for run in ("r1", "r2"):
            aged(remember("I like green tea", run_id=run), 9)
        for text in ("I play chess", "I keep bees"):
            memory = aged(remember(text), 9)
            Memory.objects.filter(pk=memory.pk).update(visits=1)
        assert relieve(settings_are(capacity=2)) == 2
        assert Memory.objects.active().filter(text="I like green tea").count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_forgets_a_person_meanwhile_is_not_in_its_way(remember: Remember, settings_are: Settings) -> None:
    """Both lock the same memories; one waits for the other, and none is aborted as a deadlock."""
    for index in range(40):
        memory = remember(f"I like tea number {index % 20}", run_id=f"r{index}")
        Memory.objects.filter(pk=memory.pk).update(visits=(index * 7) % 40)
    project = settings_are(capacity=10)

    def forget_all() -> int:
        try:
            return forget(memories=Memory.objects.filter(project=project), actor=Actor(label="a test"))
        finally:
            connection.close()

    def relieve_all() -> int:
        try:
            return relieve(project)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        relieved, forgotten = pool.submit(relieve_all), pool.submit(forget_all)
        assert relieved.result() in (0, 30)
        assert forgotten.result() == 40
    assert set(states().values()) == {"deleted"}
