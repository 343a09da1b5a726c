"""What a search learns of its scope beforehand."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from memories.models import Memory
from memories.recall import survey as surveying
from memories.recall.lexical import Lexical
from memories.recall.question import names_in, read_question
from memories.recall.scope import Scope
from memories.recall.survey import Survey
from tests.conftest import Remember

pytestmark = pytest.mark.django_db


def test_an_empty_scope() -> None:
    assert Scope(Memory.objects.all()).survey == Survey(count=0, mean_length=1.0, names=())


def test_it_counts_what_is_in_scope_and_names_who_is(remember: Remember) -> None:
    for text, speaker, about in (("I like tea", "Ann", ""), ("Ben has three bees", "Ann", "Ben"), ("Well", "", "")):
        Memory.objects.filter(pk=remember(text).pk).update(speaker=speaker, about=about)
    Memory.objects.filter(pk=remember("Zoe sings", user_id="zoe").pk).update(speaker="Zoe")
    scope = Scope(Memory.objects.filter(end_user__name="ann"))
    lengths = Memory.objects.filter(end_user__name="ann").values_list("lexeme_count", flat=True)
    assert scope.survey.count == 3
    assert scope.survey.mean_length == pytest.approx(sum(lengths) / 3)
    assert sorted(names_in(scope)) == ["Ann", "Ben"]


def test_of_a_large_scope_the_number_is_an_estimate(remember: Remember, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(12):
        remember(f"I like tea number {number}")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE memories_memory")
    monkeypatch.setattr(surveying, "READ", 4)
    survey = Scope(Memory.objects.active()).survey
    assert survey.count == 12
    assert survey.mean_length > 1
    # A planner that knows nothing yet can't make it smaller than what was read.
    monkeypatch.setattr(Scope, "explained", lambda *given: [([{"Plan": {"Plan Rows": 1}}],)])
    assert Scope(Memory.objects.active()).survey.count == 5


def test_words_are_found_however_wrong_the_number_is(remember: Remember, monkeypatch: pytest.MonkeyPatch) -> None:
    memories = {remember(f"I like {drink}").pk for drink in ("tea", "green tea", "black tea")}
    scope = Scope(Memory.objects.active())
    monkeypatch.setattr(Scope, "survey", Survey(count=1, mean_length=1.0, names=()))
    question = read_question("tea", [], today=date(2026, 11, 21))
    found = Lexical().retrieve(question, scope, 10)
    assert {candidate.memory_id for candidate in found} == memories
    assert all(candidate.score > 0 for candidate in found)
