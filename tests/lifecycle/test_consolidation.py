"""What becomes of memories over time: each step leaves a version and an audit entry, and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, Project, User
from accounts.services import personal_project
from memories.models import Memory
from memories.models.stated import Layer
from memories.services.changes import Actor
from memories.services.consolidation import consolidate, running
from memories.services.consolidation.expiring import expire
from memories.services.consolidation.promoting import promote
from memories.services.revise import Revision, revise
from tests.conftest import Remember
from tests.lifecycle.conftest import Settings, aged, of_layer, recalled, undone

pytestmark = pytest.mark.django_db
ACTOR = Actor(label="a test")
TODAY = timezone.now().date()


def last(memory: Memory) -> tuple[str, str, str]:
    version = memory.versions.first()
    assert version is not None
    entry = AuditEntry.objects.filter(object_id=str(memory.pk)).latest("pk")
    assert (entry.action, entry.details) == (f"memory.{version.change.lower()}", {"version": version.number})
    return version.change, version.actor, version.reason


class TestPromotion:
    @pytest.fixture
    def hot(self, remember: Remember) -> Memory:
        return recalled(of_layer(remember("I take the 8:15 train", run_id="r1"), Layer.SESSION), 4)

    def test_a_hot_session_memory_becomes_a_user_memory(
        self, hot: Memory, remember: Remember, alice_project: Project
    ) -> None:
        cool = recalled(of_layer(remember("I am at the station", run_id="r1"), Layer.SESSION), 2)
        passing = recalled(of_layer(remember("Just a moment", run_id="r1"), Layer.CONVERSATION), 99)
        within_a_day = of_layer(remember("My table is number 7", run_id="r1"), Layer.SESSION)
        recalled(within_a_day, 99, days_later=0.9)
        assert (promote(alice_project), promote(alice_project)) == (1, 0)
        hot.refresh_from_db()
        assert (hot.layer, hot.version) == (Layer.USER, 2)
        assert last(hot) == ("PROMOTE", "consolidation", "It is asked for often: its heat has reached 5.")
        layers = [memory.refresh_from_db() or memory.layer for memory in (cool, within_a_day, passing)]
        assert layers == [Layer.SESSION, Layer.SESSION, Layer.CONVERSATION]

    def test_the_project_says_how_hot(self, hot: Memory, settings_are: Settings) -> None:
        assert promote(settings_are(promotion_heat=0)) == 0
        assert promote(settings_are(promotion_heat=6.5)) == 0
        assert promote(settings_are(promotion_heat=4.5)) == 1

    def test_whoever_takes_it_back_is_not_overruled(
        self, hot: Memory, remember: Remember, alice_project: Project
    ) -> None:
        assert promote(alice_project) == 1
        assert undone(hot).layer == Layer.SESSION
        lowered = remember("I like the window seat", run_id="r1")
        revise(memory=lowered, revision=Revision(layer=Layer.SESSION), actor=ACTOR)
        for memory in (hot, lowered):
            recalled(memory, 50)
        assert promote(alice_project) == 0

    @pytest.mark.parametrize(
        "gone", [{"state": "archived"}, {"state": "pending"}, {"expiration_date": TODAY - timedelta(days=1)}]
    )
    def test_what_is_not_recalled_is_not_promoted(
        self, hot: Memory, alice_project: Project, gone: dict[str, object]
    ) -> None:
        Memory.objects.update(**gone)
        assert promote(alice_project) == 0


class TestExpiry:
    def test_a_layers_days_put_its_memories_aside(self, remember: Remember, settings_are: Settings) -> None:
        project = settings_are(layer_days={"session": 7})
        old = aged(of_layer(remember("I am on gate 12"), Layer.SESSION), 8)
        kept = [
            aged(of_layer(remember("I am on gate 13"), Layer.SESSION), 6),
            aged(of_layer(remember("I fly tomorrow"), Layer.SESSION, pinned=True), 99),
            aged(remember("I like flying"), 999),
        ]
        assert (expire(project), expire(project)) == (1, 0)
        old.refresh_from_db()
        assert (old.state, old.expiration_date) == ("active", TODAY - timedelta(days=1))
        assert last(old)[::2] == ("EXPIRE", "Memories of the layer “session” end after 7 days without a change.")
        assert list(Memory.objects.unexpired().order_by("pk")) == kept

    def test_it_can_be_taken_back_and_then_has_all_its_days_again(
        self, remember: Remember, settings_are: Settings
    ) -> None:
        project = settings_are(layer_days={"user": 30})
        memory = aged(remember("I like tea"), 31)
        assert expire(project) == 1
        back = undone(memory)
        assert (back.expiration_date, expire(project)) == (None, 0)
        aged(memory, 31)
        assert expire(project) == 1

    def test_a_categorys_days_go_before_its_layers(self, remember: Remember, settings_are: Settings) -> None:
        project = settings_are(layer_days={"user": 10}, category_days={"health": 100, "travel": 20})
        for text, categories, days in (
            ("I have a cold", ["health"], 50),
            ("I broke my leg", ["health"], 101),
            ("I need a vaccination", ["health", "travel"], 50),
            ("I like jam", ["food"], 11),
            ("I like toast", ["food"], 9),
        ):
            memory = aged(remember(text), days)
            Memory.objects.filter(pk=memory.pk).update(categories=categories)
        assert expire(project) == 3
        assert set(Memory.objects.unexpired().values_list("text", flat=True)) == {"I have a cold", "I like toast"}

    def test_a_day_of_its_own_is_noted_once_even_if_pinned(self, remember: Remember, alice_project: Project) -> None:
        memory = remember("The code is 1234", expiration_date=TODAY.isoformat())
        revise(memory=memory, revision=Revision(pinned=True), actor=ACTOR)
        assert expire(alice_project) == 0, "its last day is today"
        Memory.objects.update(expiration_date=TODAY - timedelta(days=3))
        assert (expire(alice_project), expire(alice_project)) == (1, 0)
        assert last(memory)[::2] == ("EXPIRE", "Its last day has passed.")
        revise(memory=memory, revision=Revision(expiration_date=TODAY - timedelta(days=1)), actor=ACTOR)
        assert expire(alice_project) == 1, "another day is another end"


class TestARound:
    def test_what_is_hot_is_promoted_before_its_session_ends(self, remember: Remember, settings_are: Settings) -> None:
        settings_are(layer_days={"session": 1})
        for text, visits in (("I am vegan", 9), ("I am hungry", 0)):
            recalled(aged(of_layer(remember(text), Layer.SESSION), 2), visits, days_later=1)
        done = consolidate()
        assert (done.promoted, done.expired, done.relieved) == (1, 1, 0)
        assert Memory.objects.unexpired().get().text == "I am vegan"

    def test_another_projects_settings_are_its_own(
        self, remember: Remember, settings_are: Settings, charlie: User
    ) -> None:
        settings_are(layer_days={"user": 1})
        own = remember("I like coffee", project=personal_project(user=charlie), user=charlie)
        aged(own, 100)
        assert consolidate().expired == 0

    def test_a_project_that_fails_does_not_hold_up_the_others(
        self,
        remember: Remember,
        settings_are: Settings,
        charlie: User,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        project = settings_are(layer_days={"user": 1})
        aged(remember("I like tea"), 2)

        def fails_elsewhere(other: Project) -> int:
            if other != project:
                raise RuntimeError("its settings can't be read")
            return 0

        monkeypatch.setattr(running, "promote", fails_elsewhere)
        assert consolidate().expired == 1
        assert "Consolidating the project" in caplog.text
