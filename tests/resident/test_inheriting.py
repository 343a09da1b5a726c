"""Extracted statements rank the same by the index in memory as in Postgres."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from django.db import transaction

from accounts.models import Project
from accounts.principal import Principal
from memories.api.listing import Listing
from memories.services.record import Conversation, Said, record
from memories.services.search import search
from tests.core.test_inheriting import TALK, LastWords
from tests.resident.talk import given, kept, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("query", ["the strike and the tax", "hamster", "Who moved to the lake?", "desk", "nothing"])
def test_statements_rank_as_in_postgres(
    key: Principal, alice_project: Project, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setattr("memories.ingestion.steps.get_extractor", LastWords)
    said = [Said(role="user", text=text, speaker="Ann") for text in TALK]
    told = Conversation(said=said, entities={"user_id": "ann", "run_id": "r1"}, infer=True, wait=True)
    record(principal=key, project=alice_project, conversation=told)
    say(key, "The lake was cold", "I paid the tax", run_id="r1")  # turns among them
    scope = Listing(key, given(user_id="ann")).scope()

    def hits(by_index: bool) -> list[tuple[str, dict[str, int], float]]:
        with nullcontext() if by_index else transaction.atomic():
            found = search(principal=key, project=alice_project, scope=scope, query=query, limit=50)
        return [(h.memory.text, {name: s.rank for name, s in h.signals.items()}, h.score) for h in found.hits]

    by_index, by_postgres = hits(True), hits(False)
    assert kept() == [7]
    assert [each[:2] for each in by_index] == [each[:2] for each in by_postgres]
    assert [each[2] for each in by_index] == pytest.approx([each[2] for each in by_postgres], abs=1e-5)
