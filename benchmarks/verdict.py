"""Whether everything that was said is remembered, once, with all that belongs to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.facts import Facts
from benchmarks.rows import rows
from tests.product.running import Product

PAGE = 100
# Each counts what there may not be.
FAULTS = {
    "events that did not succeed": "SELECT count(*) FROM memories_event WHERE status <> 'SUCCEEDED'",
    "leases that are still held": "SELECT count(*) FROM memories_event WHERE leased_until IS NOT NULL",
    "memories that are not active": "SELECT count(*) FROM memories_memory WHERE state <> 'active'",
    "memories without one first version, and no other": """
        SELECT count(*) FROM memories_memory m WHERE
        (SELECT array_agg(v.number || v.change) FROM memories_memoryversion v WHERE v.memory_id = m.id)
        IS DISTINCT FROM ARRAY['1ADD']""",
    "memories without one vector": """
        SELECT count(*) FROM memories_memory m WHERE
        (SELECT count(*) FROM memories_memoryvector v WHERE v.memory_id = m.id) <> 1""",
    "memories without one audit entry": """
        SELECT count(*) FROM memories_memory m WHERE
        (SELECT count(*) FROM accounts_auditentry a WHERE a.object_id = m.id::text) <> 1""",
    "turns of users on which no memory of their words rests": """
        SELECT count(*) FROM memories_message t WHERE t.role = 'user' AND NOT EXISTS (
        SELECT 1 FROM memories_memory_sources s JOIN memories_memory m ON m.id = s.memory_id
        WHERE s.message_id = t.id AND m.text = t.text)""",
    "memories that rest on other words": """
        SELECT count(*) FROM memories_memory_sources s JOIN memories_memory m ON m.id = s.memory_id
        JOIN memories_message t ON t.id = s.message_id WHERE m.text <> t.text""",
}
SAID = (
    "SELECT u.name, t.text FROM memories_message t JOIN memories_enduser u ON u.id = t.end_user_id WHERE role = 'user'"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is amiss: facts that no search can find, facts that are there twice, memories of no fact, and FAULTS."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    made_up: list[str] = field(default_factory=list)
    turns_lost: list[str] = field(default_factory=list)
    faults: dict[str, int] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing is."""
        return not (self.lost or self.doubled or self.made_up or self.turns_lost or any(self.faults.values()))


def judge(product: Product, facts: Facts) -> Verdict:
    """Compare what a product remembers, over HTTP, with what it should; and look into its tables."""
    said = Counter({(who, text): n for who, texts in facts.expected.items() for text, n in texts.items()})
    due = Counter(said.keys())
    found = Counter((who, text) for who in facts.expected for text in remembered(product, who))
    kept = Counter((str(who), str(text)) for who, text in rows(product.data, SAID))
    return Verdict(
        lost=_listed(due - found),
        doubled=_listed(Counter({fact: number - 1 for fact, number in found.items() if number > 1})),
        made_up=_listed(Counter(found.keys()) - due),
        turns_lost=_listed((said - kept) + (kept - said)),
        faults={name: _count(product.data, query) for name, query in FAULTS.items()},
    )


def remembered(product: Product, person: str) -> list[str]:
    """Return the words of all memories of a person."""
    texts: list[str] = []
    with product.http() as http:
        page = 1
        while True:
            body = {"filters": {"user_id": person}}
            answer = http.post("/v3/memories/", params={"page": page, "page_size": PAGE}, json=body)
            listed = answer.raise_for_status().json()
            texts += [memory["memory"] for memory in listed["results"]]
            if not listed["next"]:
                return texts
            page += 1


def _listed(facts: Counter[tuple[str, str]]) -> list[str]:
    return [f"{person}: {text}" for person, text in facts.elements()]


def _count(data: Path, query: str) -> int:
    return int(rows(data, query)[0][0])
