"""Random filters over random rows: Postgres finds what the plain reading of the filter says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from accounts.models import Project
from memories.filters import ENTITIES, compile_filter, says_whose
from memories.lexemes import lexemes, tsvector
from memories.models import Memory
from memories.models.scoped import ENTITY_FIELDS
from tests.core.filter_reading import IDS, Row, matches
from tests.core.filter_strategies import NAMES, START, asked, cases

pytestmark = pytest.mark.django_db
STORED = ("created_at", "updated_at", "expiration_date", "categories", "metadata", "layer", "pinned")


@pytest.fixture
def entities(alice_project: Project) -> dict[tuple[str, str], Any]:
    """The named things by field and name; with namesakes in another project, which must not count."""
    elsewhere = alice_project.organization.projects.create(name="Elsewhere")
    made = {}
    for key, model in ENTITIES.items():
        for name in NAMES:
            model._default_manager.create(project=elsewhere, name=name)
            made[key, name] = model._default_manager.create(project=alice_project, name=name)
    return made


def stored(row: Row, project: Project, entities: dict[tuple[str, str], Any]) -> Memory:
    words = lexemes(row["text"])
    return Memory(
        project=project,
        text=row["text"],
        digest="",
        lexemes=tsvector(words),
        lexeme_count=len(words),
        said_at=row["timestamp"],
        **{column: entities.get((key, row[key])) for key, column in ENTITY_FIELDS.items()},
        **{key: row[key] for key in STORED},
    )


def check(written: list[Row], conditions: list[dict[str, Any]], project: Project) -> None:
    """Compare, for each condition and for its opposite, what is found in Postgres with what should be."""
    for condition in conditions:
        expected = {row["id"] for row in written if matches(row, condition)}
        compiled = compile_filter(condition, project=project)
        found = set(Memory.objects.in_project(project).filter(compiled).values_list("pk", flat=True))
        assert found == expected, condition
        opposite = Memory.objects.in_project(project).filter(~compiled).count()
        assert opposite == len(written) - len(expected), condition
        if says_whose(condition):
            assert all(any(row[key] for key in IDS) for row in written if row["id"] in found), condition


LIMITS: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def write(written: list[Row], project: Project, entities: dict[tuple[str, str], Any]) -> None:
    """Store the rows, and note their ids in them."""
    memories = Memory.objects.bulk_create([stored(row, project, entities) for row in written])
    for row, memory in zip(written, memories, strict=True):
        row["id"] = memory.pk


def test_postgres_reads_a_filter_as_its_description_does(
    alice_project: Project, entities: dict[tuple[str, str], Any]
) -> None:
    @settings(max_examples=80, **LIMITS)
    @given(cases())
    def agree(case: tuple[list[Row], list[dict[str, Any]]]) -> None:
        written, conditions = case
        Memory.objects.all().delete()
        write(written, alice_project, entities)
        one = str(written[0]["id"])
        check(written, [*conditions, {"memory_ids": [one]}, {"NOT": {"memory_ids": one}}], alice_project)

    agree()


BLANK: Row = {"text": "x", "categories": [], "expiration_date": None, "metadata": {}, **dict.fromkeys(IDS)}
BLANK |= dict.fromkeys(("created_at", "updated_at", "timestamp"), START)
BLANK |= {"layer": "user", "pinned": False}
KINDS_OF_JSON = [None, True, False, 0, 1, 9, 10, 1.5, "", "a", "A b", "É%", "10", "9", '"', 'a "b"', [], {}, {"a": 1}]
KINDS_OF_JSON += [{"a": {"b": 1}}, ["a", "É%"], [1, True, None], [[1], {"a": 1}], {"a": 1, "b": 2}, {"a": None}]
SHELVES = [[], ["food"], ["Food & drink"], ["food", "a"], ["a", "b"], ["a,b"], ["NULL"], ['q"{}\\', "É"]]
DAY_AND_AFTER = [START + timedelta(hours=hours) for hours in (-12, 0, 12, 24, 36, 48)]


def each_with(operators: Iterable[str], operands: Iterable[Any], wrap: Callable[[Any], Any] = lambda one: one) -> Any:
    return [{operator: wrap(operand)} for operator in operators for operand in operands]


@pytest.mark.parametrize(
    ("name", "values", "conditions"),
    [
        (
            "metadata",
            [{}, *({"a": value} for value in KINDS_OF_JSON)],
            [{"a": condition} for operand in KINDS_OF_JSON for condition in asked(operand)],
        ),
        (
            "categories",
            SHELVES,
            [
                *each_with(
                    ["eq", "ne", "contains", "icontains"], ["food", "FOOD", "a", "b", "ab", "é", '"', "null", ","]
                ),
                *each_with(["in", "nin"], SHELVES),
                *each_with(["exists"], [True, False]),
            ],
        ),
        (
            "timestamp",
            DAY_AND_AFTER,
            [
                *each_with(["eq", "ne", "gt", "gte", "lt", "lte"], map(datetime.isoformat, DAY_AND_AFTER)),
                *each_with(["eq", "ne", "gt", "gte", "lt", "lte"], ["2026-03-01", "2026-03-02"]),
                *each_with(["in", "nin"], ["2026-03-01", "2026-03-02"], lambda day: [day]),
            ],
        ),
        (
            "expiration_date",
            [None, *(date(2026, 3, day) for day in (1, 2, 3))],
            [
                *each_with(["eq", "ne", "gt", "gte", "lt", "lte"], ["2026-03-02", "2026-03-02T12:00:00Z"]),
                *each_with(["in", "nin"], [[], ["2026-03-02"]]),
                *each_with(["eq", "ne"], [None]),
            ],
        ),
    ],
)
def test_every_operator_on_every_kind_of_value(
    alice_project: Project, name: str, values: list[Any], conditions: list[Any]
) -> None:
    written = [BLANK | {name: value} for value in values]
    write(written, alice_project, {})
    check(written, [{name: condition} for condition in conditions], alice_project)
