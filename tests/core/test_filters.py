"""The filter language, case by case: what it refuses, and what its readers might doubt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from accounts.models import Project
from memories.filters import InvalidFilter, compile_filter, says_whose
from memories.models import Memory
from memories.models.memory import MemoryQuerySet
from tests.conftest import Remember

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
PEOPLE = ["ann", "ben"]
AGENTS = ["cook", None]
KINDS = ["a", "b"]


@pytest.fixture
def memories(remember: Remember) -> list[Memory]:
    made = []
    for i in range(12):
        memory = remember(
            f"Fact {i} {'tea' if i % 3 == 0 else 'coffee'}",
            user_id=PEOPLE[i % 2],
            said_at=START + timedelta(days=i),
            metadata={"kind": KINDS[i % 2], "n": i},
            **({"agent_id": "cook"} if i % 4 == 0 else {}),
        )
        Memory.objects.filter(pk=memory.pk).update(categories=["food"] if i % 3 == 0 else ["work", "misc"])
        memory.refresh_from_db()
        made.append(memory)
    return made


def found_by(condition: dict[str, Any], memories: list[Memory]) -> MemoryQuerySet:
    return Memory.objects.filter(compile_filter(condition, project=memories[0].project))


def test_a_name_or_anything_but_that_name_is_everything(memories: list[Memory]) -> None:
    # Django's joins lose the rows without an agent here.
    condition = {"OR": [{"agent_id": "cook"}, {"agent_id": {"ne": "cook"}}]}
    assert found_by(condition, memories).count() == len(memories)


@pytest.mark.parametrize(
    ("condition", "complaint"),
    [
        ({"colour": "red"}, "Unknown filter field 'colour'. Allowed: user_id"),
        ({"user_id": {"like": "a"}}, "user_id has no operator 'like'. Allowed: eq, ne, in, nin"),
        ({"user_id": {}}, "empty condition"),
        ({"user_id": 7.5}, "user_id takes a string"),
        ({"user_id": {"in": "ann"}}, "user_id.in takes a list"),
        ({"AND": {}}, "AND takes a list"),
        ({"OR": []}, "OR takes a list of at least one"),
        ({"layer": "attic"}, "layer takes one of conversation, session, user, organization"),
        ({"layer": {"in": "user"}}, "layer.in takes a list"),
        ({"layer": None}, "layer takes one of"),
        ({"pinned": "yes"}, "pinned takes true or false"),
        ({"NOT": "x"}, "NOT takes a filter or a list"),
        ([], "A filter takes an object"),
        ("{'user_id': 'al'}", "A filter takes an object"),
        ({"created_at": {"gte": "yesterday"}}, "neither a date"),
        ({"created_at": {"gte": "2026-02-31"}}, "neither a date"),
        ({"NOT": []}, "NOT takes a filter or a list of at least one"),
        ({"AND": ["x"]}, "A filter takes an object"),
        ({"created_at": {"gte": 1e20}}, "neither a date"),
        ({"created_at": {"gte": float("nan")}}, "neither a date"),
        ({"created_at": None}, "created_at takes a string; got null"),
        ({"created_at": {"like": 1}}, "created_at has no operator 'like'. Allowed: gt, gte, lt, lte, eq, ne, in, nin"),
        ({"expiration_date": {"gt": None}}, "expiration_date takes a string; got null"),
        ({"expiration_date": {"exists": "no"}}, "expiration_date.exists takes true or false; got a string"),
        ({"text": {"contains": []}}, "text.contains takes a string or a list of at least one"),
        ({"text": {"like": "tea"}}, "text has no operator 'like'. Allowed: contains, icontains, eq, ne, in, nin"),
        ({"keywords": "?!"}, "keywords: there is no word in '\\?!'"),
        ({"keywords": 1}, "keywords takes a string; got a number"),
        ({"categories": {"in": "food"}}, "categories.in takes a list"),
        ({"categories": {"gt": "food"}}, "categories has no operator 'gt'"),
        ({"user_id": True}, "user_id takes a string; got a boolean"),
        ({"user_id": {"in": [None]}}, "user_id takes a string; got null"),
        ({"user_id": "a\x00b"}, "user_id: .* holds NUL"),
        ({"user_id": "\ud800"}, "user_id: .* half of a surrogate pair"),
        ({"memory_ids": ["1"]}, "memory_ids takes ids of memories, which are UUIDs; '1' is none"),
        ({"memory_ids": [1]}, "memory_ids takes a string; got a number"),
        ({"memory_ids": {"in": "1"}}, "memory_ids.in takes a list"),
        ({"metadata": "x"}, "metadata takes an object"),
        ({"metadata": {"a": {}}}, "metadata.a has an empty condition"),
        (
            {"metadata": {"a": {"gt": 1, "b": 2}}},
            "metadata.a has no operator 'b'. Allowed: eq, ne.*exists. A key .* written",
        ),
        ({"metadata": {"a": {"$gt": 1}}}, "metadata.a has no operator '.gt'. Allowed: eq, ne, in, nin, gt, gte, lt"),
        ({"metadata": {"a": {"b": {"regex": "x"}}}}, "metadata.a.b has no operator 'regex'. Allowed: eq, ne, in"),
        ({"metadata.a": {"not_in": [1]}}, "metadata.a has no operator 'not_in'.* written ..eq.: ..not_in.: 1"),
        ({"metadata": {"gt": 1}}, "metadata has no operator 'gt'. Allowed: eq, ne, in, nin, contains"),
        ({"metadata": {"a": {"b": {"gt": True}}}}, "metadata.a.b.gt takes a number or a string; got a boolean"),
        ({"metadata": {"a": {"in": "x"}}}, "metadata.a.in takes a list; got a string"),
        ({"metadata": {"a": {"contains": None}}}, "metadata.a.contains takes a string, a number.*; got null"),
        ({"metadata": {"a": {"icontains": 1}}}, "metadata.a.icontains takes a string; got a number"),
        ({"metadata": {"a": {"exists": 1}}}, "metadata.a.exists takes true or false; got a number"),
        ({"metadata": {"a": float("inf")}}, "metadata.a.eq: inf is not a number"),
        ({"metadata": {"a": ["\x00"]}}, "holds NUL"),
        ({"metadata": {"a\x00": 1}}, "holds NUL"),
        ({"metadata.a\x00": 1}, "holds NUL"),
        ({"metadata.": 1}, "a key between the dots is empty"),
        ({"metadata.a..b": 1}, "a key between the dots is empty"),
        ({"metadatax": 1}, "Unknown filter field 'metadatax'"),
    ],
)
def test_what_has_no_meaning_is_refused(condition: Any, complaint: str) -> None:
    with pytest.raises(InvalidFilter, match=complaint):
        compile_filter(condition, project=Project())


@pytest.mark.parametrize(
    ("condition", "language", "complaint"),
    [
        ({"user_id": {"in": "x"}}, "ja", "user_id.in にはリストを指定します（文字列が指定されています）。"),
        ({"created_at": "soon"}, "zh-hans", "created_at：'soon' 既不是日期（2026-03-31）"),
        ({"metadata": {"a": {"contains": None}}}, "ja", "metadata.a.contains には文字列、数値、"),
        (["x"], "zh-hans", "筛选条件 需要由字段和 AND、OR、NOT 组成的对象，收到的却是列表。"),
    ],
)
def test_the_refusal_is_in_the_readers_language(condition: Any, language: str, complaint: str) -> None:
    with override(language), pytest.raises(InvalidFilter) as refused:
        compile_filter(condition, project=Project())
    assert str(refused.value).startswith(complaint)


def test_nesting_has_a_limit() -> None:
    condition: dict[str, Any] = {"user_id": "ann"}
    for _ in range(30):
        condition = {"NOT": condition}
    with pytest.raises(InvalidFilter, match="levels deep"):
        compile_filter(condition, project=Project())
    for wrap in (lambda inner: {"a": inner}, lambda inner: [inner]):
        value: Any = 1
        for _ in range(5000):
            value = wrap(value)
        for condition in ({"metadata": {"a": value}}, {"metadata": {"a": {"eq": value}}}):
            with pytest.raises(InvalidFilter, match="levels deep"):
                compile_filter(condition, project=Project())


def test_what_is_within_the_limit_is_compiled(memories: list[Memory]) -> None:
    condition: dict[str, Any] = {"user_id": "ann"}
    value: Any = 1
    for _ in range(19):
        condition, value = {"NOT": [condition]}, {"key": value}
    assert found_by(condition, memories).count() == 6
    assert found_by({"metadata": value}, memories).count() == 0


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ({"timestamp": {"gte": "2026-03-03", "lte": "2026-03-04"}}, 2),
        ({"timestamp": "2026-03-03"}, 1),
        ({"timestamp": {"gt": "2026-03-03"}}, 9),
        ({"timestamp": {"in": ["2026-03-03", "2026-03-05"]}}, 2),
        ({"timestamp": {"ne": "2026-03-03"}}, 11),
        ({"timestamp": {"gte": START.timestamp()}}, 12),
        ({"expiration_date": None}, 12),
        ({"categories": ["food"]}, 4),
        ({"categories": {"contains": "misc"}}, 8),
        ({"timestamp": {"lte": "9999-12-31"}}, 12),
        ({"timestamp": {"gt": "9999-12-31"}}, 0),
        ({"timestamp": {"gte": "0001-01-01T00:00:00+00:00"}}, 12),
        ({"timestamp": {"nin": ["2026-03-03", "2026-03-05"]}}, 10),
        ({"timestamp": {"gte": "2026-03-03T21:00:00+09:00", "lt": "2026-03-04T21:00:00+09:00"}}, 1),
        ({"expiration_date": {"exists": False}}, 12),
        ({"expiration_date": {"lt": "2030-01-01"}}, 0),
        ({"NOT": {"expiration_date": {"lt": "2030-01-01"}}}, 12),
        ({"metadata": {"ne": {"kind": "a"}}}, 6),
        ({"metadata": {}}, 12),
        ({"metadata": {"n": {"gte": 2, "lt": 4.5}}}, 3),
        ({"metadata": {"n": {"gte": "2"}}}, 0),
        ({"metadata": {"n": "2"}}, 0),
        ({"metadata": {"n": {"in": [2, "3"]}}}, 1),
        ({"metadata.n": {"nin": [2, 3]}}, 10),
        ({"metadata": {"missing": {"ne": 1}}}, 12),
        ({"metadata": {"missing": None}}, 12),
        ({"metadata": {"missing": {"exists": False}}}, 12),
        ({"metadata": {"kind": {"exists": True}}}, 12),
        ({"metadata": {"kind": {"icontains": "A"}}}, 6),
        ({"text": "TEA"}, 4),
        ({"text": {"contains": "TEA"}}, 0),
        ({"text": {"contains": ["tea", "coffee"]}}, 12),
        ({"text": {"eq": "Fact 0 tea"}}, 1),
        ({"keywords": {"icontains": "ac"}}, 12),
        ({"keywords_search": "ac"}, 0),
        ({"keywords_search": "coffee tea"}, 0),
        ({"keywords_search": "the facts: teas"}, 4),
        ({"keywords": ["tea", "coffee"]}, 12),
        ({"categories": "FOO"}, 4),
        ({"categories": {"in": ["FOOD"]}}, 0),
        ({"categories": {"eq": "food"}}, 4),
        ({"categories": {"exists": False}}, 0),
        ({"user_id": {"in": ["*"]}}, 12),
        ({"agent_id": {"nin": ["*"]}}, 9),
        ({"agent_id": {"exists": False}}, 9),
        ({"agent_id": None}, 9),
        ({"user_id": {"in": ["ann", "ben"], "ne": "ben"}}, 6),
        ({"AND": [{"user_id": "ann"}], "OR": [{"agent_id": "cook"}, {"metadata": {"n": 2}}]}, 4),
        ({"AND": [{"userId": "ann"}, {"OR": [{"runId": "*"}, {"appId": None}]}]}, 6),
        ({"userId": "ann"}, 6),
        ({}, 12),
    ],
)
def test_other_ways_to_say_it(memories: list[Memory], condition: dict[str, Any], count: int) -> None:
    assert found_by(condition, memories).count() == count


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"user_id": "a"}, True),
        ({"user_id": "*"}, True),
        ({"userId": "a"}, True),
        ({"AND": [{"text": "tea"}, {"agent_id": {"in": ["b"]}}]}, True),
        ({"OR": [{"user_id": "a"}, {"agent_id": "b"}]}, True),
        ({"OR": [{"user_id": "a"}, {"text": "b"}]}, False),
        ({"OR": []}, False),
        ({"NOT": {"user_id": "a"}}, False),
        ({"user_id": {"ne": "a"}}, False),
        ({"NOT": {"user_id": {"ne": "a"}}}, True),
        ({"NOT": {"NOT": {"user_id": "a"}}}, True),
        ({"NOT": [{"text": "a"}, {"user_id": {"nin": ["a"]}}]}, True),
        ({"NOT": {"text": "a", "user_id": {"nin": ["a"]}}}, False),
        ({"NOT": {"OR": [{"text": "a"}, {"user_id": {"ne": "a"}}]}}, True),
        ({"NOT": {"AND": [{"text": "a"}, {"user_id": {"ne": "a"}}]}}, False),
        ({"NOT": {"NOT": [{"user_id": "a"}, {"text": "b"}]}}, False),
        ({"NOT": {"NOT": [{"user_id": "a"}, {"agent_id": "b"}]}}, True),
        ({"NOT": {}}, False),
        ({"user_id": {"ne": "a", "in": ["a", "b"]}}, True),
        ({"user_id": {"exists": True}}, True),
        ({"user_id": {"exists": False}}, False),
        ({"user_id": None}, False),
        ({"user_id": {"ne": None}}, True),
        ({"user_id": 0}, True),
        ({"metadata": {"user_id": "a"}}, False),
        ({"user_id": {"in": []}}, False),
        ({"user_id": ""}, False),
        ({}, False),
    ],
)
def test_whether_a_filter_says_whose_memories_it_means(condition: dict[str, Any], expected: bool) -> None:
    assert says_whose(condition) is expected


NASTY = ["'; DROP TABLE x; --", '"} || true', "%s", "%(a)s", "{0}", "$.a", "a'b\"c\\", "\n", "日本", "$v", "@", "?"]


@pytest.mark.parametrize("text", NASTY)
def test_keys_and_values_are_parameters(remember: Remember, text: str) -> None:
    memory = remember("Tea.", metadata={text: {text: text}}, user_id=text)
    remember("Coffee.", metadata={"a": "b"}, user_id="ann")
    conditions: list[dict[str, Any]] = [
        {"metadata": {text: {text: operation}}}
        for operation in (text, {"gte": text, "lte": text}, {"contains": text}, {"icontains": text}, {"in": [text]})
    ]
    conditions += [{"metadata": {"eq": {text: {text: text}}}}, {"user_id": text}]
    for condition in conditions:
        assert [each.pk for each in found_by(condition, [memory])] == [memory.pk], condition
        sql, _params = Memory.objects.filter(compile_filter(condition, project=memory.project)).query.sql_with_params()
        assert "DROP" not in sql


@pytest.mark.parametrize("key", ["regex", "$gt", "in", "exists"])
def test_a_key_that_is_named_like_an_operator_can_be_reached(remember: Remember, key: str) -> None:
    memory = remember("Tea.", metadata={"a": {key: 1}, key: 2})
    for condition in ({"metadata": {"a": {"eq": {key: 1}}}}, {f"metadata.a.{key}": 1}, {f"metadata.{key}": {"gt": 1}}):
        assert [each.pk for each in found_by(condition, [memory])] == [memory.pk], condition
    assert not found_by({f"metadata.a.{key}": 2}, [memory])


def test_a_long_list_is_no_trouble(memories: list[Memory]) -> None:
    many: list[Any] = list(range(2000))
    assert found_by({"metadata": {"n": {"in": many}}}, memories).count() == 12
    assert found_by({"user_id": {"in": ["ann", *map(str, many)]}}, memories).count() == 6
    assert found_by({"OR": [{"user_id": str(n)} for n in many[:500]]}, memories).count() == 0


def test_ids_are_looked_up_without_a_join(memories: list[Memory]) -> None:
    condition = {"OR": [{"user_id": "ann", "agent_id": {"ne": "cook"}}, {"NOT": {"run_id": "s1"}}]}
    assert "JOIN" not in str(found_by(condition, memories).query)
