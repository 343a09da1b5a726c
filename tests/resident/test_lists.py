"""Lists by an index."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.principal import Principal
from memories.api import listing
from memories.api.listing import Listing
from memories.models import Memory
from memories.recall.resident.shelf import SHELF
from memories.services import forgetting
from tests.resident.talk import ACTOR, TALK, Find, given, kept, say

pytestmark = pytest.mark.django_db(transaction=True)


class TestLists:
    """The same pages from an index as from Postgres."""

    def pages(self, key: Principal, size: int = 3, **filters: str) -> list[list[str]]:
        def page(start: int) -> tuple[int, list[str]]:
            listing = Listing(key, given(**(filters or {"user_id": "ann"})))
            return listing.count(), [row.text for row in listing[start : start + size]]

        count, _ = page(0)
        return [page(start)[1] for start in range(0, count + size, size)]

    @pytest.mark.parametrize("filters", [{"user_id": "ann"}, {"user_id": "ann", "run_id": "r1"}])
    def test_pages_are_those_of_postgres(self, key: Principal, find: Find, filters: dict[str, str]) -> None:
        say(key, *TALK, run_id="r1")
        say(key, "Biscuit is a tabby", "She sleeps", run_id="r2")
        Memory.objects.filter(text="She sleeps").update(created_at=timezone.now() - timedelta(days=1))
        expected = self.pages(key, **filters)
        assert kept() == []
        find("tea")
        assert self.pages(key, **filters) == expected
        assert kept() == [7]

    def test_changes_show_at_once(self, key: Principal, find: Find) -> None:
        say(key, "I like tea", "It rains")
        find("tea")
        assert self.pages(key) == [["It rains", "I like tea"], []]
        forgetting.forget(memories=Memory.objects.filter(text="It rains"), actor=ACTOR)
        assert self.pages(key) == [["I like tea"], []]
        say(key, "So it does")
        assert self.pages(key) == [["So it does", "I like tea"], []]

    def test_what_was_erased_leaves_no_gap(self, key: Principal, find: Find) -> None:
        say(key, "I like tea", "It rains", "So it does", "And on")
        find("tea")
        Memory.objects.filter(text="So it does").delete()
        assert [row.text for row in Listing(key, given(user_id="ann"))[0:3]] == ["And on", "It rains", "I like tea"]

    def test_long_lists_get_an_index(self, key: Principal, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(listing, "LARGE", 5)
        say(key, *TALK)
        expected = self.pages(key)
        assert kept() == [5]
        SHELF.clear()
        monkeypatch.setattr(listing, "LARGE", 6)
        assert self.pages(key) == expected
        assert kept() == []
