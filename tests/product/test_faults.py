"""A small run of `python -m benchmarks faults`: killed workers, an emptied broker, a model that fails."""

from __future__ import annotations

from pathlib import Path

from benchmarks.adversity import Plan, endure
from benchmarks.facts import facts
from benchmarks.rows import rows
from benchmarks.unreliable import ANSWERED
from benchmarks.verdict import Verdict, judge
from tests.product.running import Product

PLAN = Plan(events=20, people=3, kills=2, emptied=1, most=1.0)
# One memory goes to the trash, one says something else, and one is there twice, the second time with nothing to it.
SPOIL = (
    """UPDATE memories_memory SET state = 'deleted', deleted_at = now()
       WHERE id = (SELECT id FROM memories_memory ORDER BY id LIMIT 1)""",
    "UPDATE memories_memory SET text = 'made up' WHERE id = (SELECT id FROM memories_memory ORDER BY id DESC LIMIT 1)",
    """DO $$ DECLARE one memories_memory; BEGIN
       SELECT * INTO one FROM memories_memory WHERE text <> 'made up' AND state = 'active' LIMIT 1;
       one.id := gen_random_uuid(); INSERT INTO memories_memory VALUES (one.*); END $$""",
)


def test_nothing_is_lost_and_nothing_doubled_and_else_it_would_be_seen(tmp_path: Path) -> None:
    spoiled: list[Verdict] = []

    def spoil(product: Product) -> None:
        for statement in SPOIL:
            rows(product.data, statement)
        spoiled.append(judge(product, facts(PLAN.events, people=PLAN.people)))

    outcome = endure(PLAN, tmp_path / "data", look=spoil)
    assert outcome.verdict.is_clean, outcome.verdict
    assert (outcome.killed, outcome.emptied) == (2, 1)
    assert outcome.interrupted
    assert outcome.rings
    assert outcome.calls.total() > outcome.calls[ANSWERED] >= PLAN.events

    [verdict] = spoiled
    assert [len(found) for found in (verdict.lost, verdict.doubled, verdict.made_up)] == [2, 1, 1]
    assert {what for what, number in verdict.faults.items() if number} == {
        "memories that are not active",
        "memories without one first version, and no other",
        "memories without one vector",
        "memories without one audit entry",
        "turns of users on which no memory of their words rests",
        "memories that rest on other words",
    }
