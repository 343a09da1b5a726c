"""The filter language against a plain-Python reading of the same filter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def names(value: Memory, field: str) -> str | None:
    entity = {"user_id": value.end_user, "agent_id": value.agent}[field]
    return entity.name if entity else None


def reads(memory: Memory, condition: dict[str, Any]) -> bool:
    """What the filter means, in Python."""
    return all(_member(memory, key, value) for key, value in condition.items())


def _member(memory: Memory, key: str, value: Any) -> bool:
    if key == "AND":
        return all(reads(memory, item) for item in value)
    if key == "OR":
        return any(reads(memory, item) for item in value)
    if key == "NOT":
        return not any(reads(memory, item) for item in (value if isinstance(value, list) else [value]))
    if key == "metadata":
        return all(memory.metadata.get(k) == v for k, v in value.items())
    if key == "categories":
        return bool(set(value["in"]) & set(memory.categories))
    if key == "text":
        return value["icontains"].lower() in memory.text.lower()
    if key == "timestamp":
        ((operator, operand),) = value.items()
        moment = datetime.fromisoformat(operand)
        return memory.said_at >= moment if operator == "gte" else memory.said_at < moment
    name = names(memory, key)
    if not isinstance(value, dict):
        return name is not None if value == "*" else name == value
    ((operator, operand),) = value.items()
    if operator == "ne":
        return name != operand
    return (name in operand) is (operator == "in")


MOMENTS = st.integers(0, 12).map(lambda day: (START + timedelta(days=day)).isoformat())
LEAVES = st.one_of(
    st.fixed_dictionaries({"user_id": st.sampled_from([*PEOPLE, "*", "nobody"])}),
    st.fixed_dictionaries({"agent_id": st.sampled_from(["cook", "*", {"ne": "cook"}, {"nin": ["cook"]}])}),
    st.fixed_dictionaries({"user_id": st.lists(st.sampled_from(PEOPLE), min_size=1).map(lambda p: {"in": p})}),
    st.fixed_dictionaries({"metadata": st.sampled_from([{"kind": "a"}, {"kind": "b", "n": 3}])}),
    st.fixed_dictionaries({"categories": st.sampled_from([{"in": ["food"]}, {"in": ["misc", "food"]}])}),
    st.fixed_dictionaries({"text": st.sampled_from([{"icontains": "TEA"}, {"icontains": "fact 1"}])}),
    st.fixed_dictionaries({"timestamp": st.tuples(st.sampled_from(["gte", "lt"]), MOMENTS).map(lambda p: dict([p]))}),
)
FILTERS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"AND": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"OR": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"NOT": st.one_of(inner, st.lists(inner, min_size=1, max_size=2))}),
        st.fixed_dictionaries(
            {"AND": st.lists(inner, min_size=1, max_size=2), "OR": st.lists(inner, min_size=1, max_size=2)}
        ),
    ),
    max_leaves=8,
)


def test_postgres_reads_a_filter_as_python_does(memories: list[Memory]) -> None:
    @settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(FILTERS)
    def agree(condition: dict[str, Any]) -> None:
        expected = {memory.pk for memory in memories if reads(memory, condition)}
        found = found_by(condition, memories).values_list("pk", flat=True)
        assert sorted(found) == sorted(expected)

    agree()


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
        ({"NOT": "x"}, "NOT takes a filter or a list"),
        ([], "A filter is an object"),
        ("{'user_id': 'al'}", "A filter is an object"),
        ({"created_at": {"gte": "yesterday"}}, "neither a date"),
        ({"created_at": {"gte": "2026-02-31"}}, "neither a date"),
        ({"metadata": "x"}, "metadata takes an object"),
        ({"memory_ids": ["1"]}, "memory_ids"),
    ],
)
def test_what_has_no_meaning_is_refused(condition: Any, complaint: str) -> None:
    with pytest.raises(InvalidFilter, match=complaint):
        compile_filter(condition, project=Project())


def test_nesting_has_a_limit() -> None:
    condition: dict[str, Any] = {"user_id": "ann"}
    for _ in range(30):
        condition = {"NOT": condition}
    with pytest.raises(InvalidFilter, match="levels deep"):
        compile_filter(condition, project=Project())


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
        ({"metadata": {"ne": {"kind": "a"}}}, 6),
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
        ({"user_id": {"in": []}}, False),
        ({"user_id": ""}, False),
        ({}, False),
    ],
)
def test_whether_a_filter_says_whose_memories_it_means(condition: dict[str, Any], expected: bool) -> None:
    assert says_whose(condition) is expected
