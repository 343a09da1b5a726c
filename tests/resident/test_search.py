"""The index in memory: finds what Postgres finds, and never what has changed or gone."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import ApiKey, Project, User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.api.listing import Listing
from memories.models import EndUser, Memory, MemoryVector
from memories.recall.resident.shelf import SHELF
from memories.services import forgetting
from memories.services.revise import Revision, revise
from memories.services.search import search
from tests.resident.talk import ACTOR, QUERIES, TALK, Find, given, kept, say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("query", QUERIES)
def test_it_ranks_as_postgres_does(key: Principal, alice_project: Project, query: str) -> None:
    say(key, *TALK, run_id="r1")
    say(key, "Biscuit is a tabby", "She sleeps all day", run_id="r2")
    scope = Listing(key, given(user_id="ann")).scope()

    def hits(by_index: bool) -> list[tuple[str, float, dict[str, int]]]:
        with nullcontext() if by_index else transaction.atomic():
            found = search(principal=key, project=alice_project, scope=scope, query=query, limit=50)
        return [(h.memory.text, h.score, {name: s.rank for name, s in h.signals.items()}) for h in found.hits]

    by_index, by_postgres = hits(True), hits(False)
    assert kept() == [7]
    assert [(text, ranks) for text, _, ranks in by_index] == [(text, ranks) for text, _, ranks in by_postgres]
    assert [score for _, score, _ in by_index] == pytest.approx([score for _, score, _ in by_postgres], abs=1e-5)


def test_what_is_added_is_found_at_once(key: Principal, find: Find) -> None:
    say(key, "I like green tea")
    assert find("tea") == ["I like green tea"]
    for number in range(20):
        say(key, f"Number {number} of my teas")
        assert f"Number {number} of my teas" in find("teas")
    assert kept() == [21]


def test_what_is_revised_counts_with_its_new_words(key: Principal, find: Find) -> None:
    tea, _rain = say(key, "I like tea", "It rains")
    assert find("tea")[0] == "I like tea"
    revise(memory=tea, revision=Revision(text="I like coffee"), actor=ACTOR)
    assert find("coffee")[0] == "I like coffee"
    assert "I like tea" not in find("tea")
    assert sorted(find("coffee")) == ["I like coffee", "It rains"]


def test_what_is_forgotten_is_gone_and_what_is_restored_is_back(key: Principal, find: Find) -> None:
    say(key, "I like tea", "It rains")
    assert len(find("tea")) == 2
    tea = Memory.objects.filter(text="I like tea")
    forgetting.forget(memories=tea, actor=ACTOR)
    assert find("tea") == ["It rains"]
    forgetting.restore(memories=tea, actor=ACTOR)
    assert find("tea")[0] == "I like tea"


def test_what_is_purged_is_not_found_though_the_index_has_it(key: Principal, find: Find) -> None:
    say(key, "I like tea", "It rains", "I like teapots")
    assert len(find("tea", limit=2)) == 2
    Memory.objects.filter(text="I like tea").delete()
    assert sorted(find("tea", limit=2)) == ["I like teapots", "It rains"]
    assert kept() == []
    assert len(find("tea")) == 2
    assert kept() == [2]


def test_a_person_of_the_same_name_who_came_later_is_another(key: Principal, find: Find) -> None:
    say(key, "I like tea")
    assert find("tea") == ["I like tea"]
    EndUser.objects.filter(name="ann").delete()
    assert find("tea") == []
    say(key, "I like coffee")
    assert find("tea") == ["I like coffee"]


def test_what_moves_to_another_person_is_found_there_alone(key: Principal, find: Find) -> None:
    [tea] = say(key, "I like tea")
    say(key, "It rains", user_id="ben")
    assert (find("tea"), find("tea", user_id="ben")) == (["I like tea"], ["It rains"])
    Memory.objects.filter(pk=tea.pk).update(end_user=EndUser.objects.get(name="ben"))
    assert (find("tea"), find("tea", user_id="ben")) == ([], ["I like tea", "It rains"])


def test_runs_and_agents_narrow_it(key: Principal, find: Find) -> None:
    say(key, "Tea in the first run", run_id="r1")
    say(key, "Tea in the second run", run_id="r2")
    assert find("tea", user_id="ann", run_id="r1") == ["Tea in the first run"]
    say(key, "More tea", run_id="r1")
    assert sorted(find("tea", user_id="ann", run_id="r1")) == ["More tea", "Tea in the first run"]
    assert len(find("tea")) == 3
    assert kept() == [3]


def test_statistics_are_those_of_the_scope(key: Principal, alice_project: Project) -> None:
    say(key, "tea with milk", "rain", run_id="r1")
    say(key, *[f"tea number {n}" for n in range(9)], run_id="r2")
    scope = Listing(key, given(user_id="ann", run_id="r1")).scope()
    found = search(principal=key, project=alice_project, scope=scope, query="tea")
    with transaction.atomic():
        expected = search(principal=key, project=alice_project, scope=scope, query="tea")
    assert found.hits[0].signals["bm25"].score == pytest.approx(expected.hits[0].signals["bm25"].score)


def test_time_passes_in_an_index_too(key: Principal, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    tea, rain = say(key, "I like tea", "It rains")
    now = timezone.now()
    Memory.objects.filter(pk=tea.pk).update(valid_until=now + timedelta(hours=1))
    Memory.objects.filter(pk=rain.pk).update(valid_from=now + timedelta(hours=2))
    assert find("tea") == ["I like tea"]
    for hours, expected in ((1.5, []), (2.5, ["It rains"])):
        monkeypatch.setattr(timezone, "now", lambda later=now + timedelta(hours=hours): later)
        assert find("tea") == expected


def test_the_last_day_passes(key: Principal, find: Find, monkeypatch: pytest.MonkeyPatch) -> None:
    [tea] = say(key, "I like tea")
    now = timezone.now()
    Memory.objects.filter(pk=tea.pk).update(expiration_date=now.date())
    assert find("tea") == ["I like tea"]
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1))
    assert find("tea") == []


def test_a_vector_that_comes_later_counts(key: Principal, find: Find) -> None:
    [tea] = say(key, "I like tea")
    vector = MemoryVector.objects.get(memory=tea)
    MemoryVector.objects.all().delete()
    assert find("oolong") == ["I like tea"]
    assert find("oolong") == ["I like tea"]
    assert kept() == [1]
    vector.pk = None
    vector.save(force_insert=True)
    find("oolong")
    assert kept() == [2]
    assert next(iter(SHELF._kept.values())).index.embedded[1]  # type: ignore[union-attr]


def test_a_slow_transaction_makes_no_row_come_twice(key: Principal, find: Find) -> None:
    say(key, "I like tea")
    find("tea")
    parameters = connection.get_connection_params()
    with psycopg.connect(**{name: parameters[name] for name in ("host", "user", "dbname")}) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        say(key, "It rains")
        assert {(len(find("tea")), *kept()) for _ in range(3)} == {(2, 2)}


def test_rows_from_before_are_read_by_their_text(key: Principal, find: Find, alice_project: Project) -> None:
    say(key, *TALK)
    expected = [find(query) for query in QUERIES]
    Memory.objects.update(terms=None, context_terms=None)
    SHELF.clear()
    assert [find(query) for query in QUERIES] == expected


def test_a_key_for_one_person_reads_no_other_index(key: Principal, find: Find, alice: User) -> None:
    say(key, "I like tea")
    issued, _secret = ApiKey.issue(project=key.api_key.project, name="ben's", created_by=alice, end_user_name="ben")  # type: ignore[union-attr]
    assert find("tea", who=Principal(api_key=issued), user_id="ann") == []
    assert kept() == []


def test_another_project_has_another_ann(key: Principal, find: Find, charlie: User) -> None:
    say(key, "I like tea")
    issued, _secret = ApiKey.issue(project=personal_project(user=charlie), name="app", created_by=charlie)
    theirs = Principal(api_key=issued)
    say(theirs, "I like coffee")
    assert (find("tea"), find("tea", who=theirs)) == (["I like tea"], ["I like coffee"])
