"""Facts of one person that arrive at the same time: one after the other, and all there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.models import Event, Memory
from memories.services.record import Conversation, Said, record
from tests.core.reading import LATER, Reader, changes, memory, model_on_the_wire, tell
from tests.core.workers import ingest_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def reader(settings: Any) -> Iterator[Reader]:
    with model_on_the_wire(settings) as reader:
        yield reader


class TestManyAtOnce:
    def test_parallel_contradictions_leave_one_active_and_lose_none(self, reader: Reader, alice: User) -> None:
        tell(alice, "Ann lives in Osaka.")
        project = personal_project(user=alice)
        cities = ["Kyoto", "Kobe", "Nara", "Tokyo", "Oslo", "Rome"]
        events = []
        for number, city in enumerate(cities):
            reader.finds(
                f"Now in {city}.",
                (f"Ann lives in {city} now.", {"relation": "contradicts", "related": "Ann lives in Osaka."}),
            )
            said = Conversation(
                said=[Said(role="user", text=f"Now in {city}.")],
                entities={"user_id": "ann"},
                said_at=LATER + timedelta(days=number),
            )
            events.append(record(principal=Principal(user=alice), project=project, conversation=said))

        ingest_at_once(events)
        assert set(Event.objects.values_list("status", flat=True)) == {"SUCCEEDED"}
        assert changes(memory("Ann lives in Osaka.")) == ["ADD", "SUPERSEDE"]
        assert [one.text for one in Memory.objects.active()] == ["Ann lives in Rome now."]
        assert Memory.objects.count() == 1 + len(cities)
        for one in Memory.objects.all():
            assert one.versions.count() == one.version
