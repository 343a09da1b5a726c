"""Events whose every fact is known beforehand, so that what is lost, doubled or made up can be told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

PATTERNS = (
    "My locker is number {locker} in hall {number}.",
    "私のロッカーは第{number}ホールの{locker}番です。",
    "我的储物柜在{number}号厅，是{locker}号。",
)
# As many events in a row are one person's, so that they are ingested at the same time.
IN_A_ROW = 4
# Of so many events, one says again what the one before it of the same person has said.
REPEATED = 10


@dataclass(slots=True)
class Facts:
    """The calls, and what is to be remembered after them: for each person, each fact with how often it was said."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    expected: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    @property
    def memories(self) -> int:
        """Return how many memories there should be."""
        return sum(len(facts) for facts in self.expected.values())

    @property
    def said(self) -> int:
        """Return how many turns of users there are."""
        return sum(sum(facts.values()) for facts in self.expected.values())


def facts(events: int, *, people: int) -> Facts:
    """Return `events` calls over `people`, each with a turn or two of a user and one of an assistant."""
    made = Facts()
    last: dict[str, str] = {}
    for number in range(events):
        person = f"person-{number // IN_A_ROW % people}"
        texts = list(_texts(number))
        if number % REPEATED == 7 and person in last:
            texts[0] = last[person]
        last[person] = texts[-1]
        for text in texts:
            made.expected[person][text] += 1
        turns = [{"role": "user", "content": text} for text in texts]
        turns.insert(1, {"role": "assistant", "content": f"Noted as number {number}."})
        made.calls.append({"messages": turns, "user_id": person, "run_id": f"{person}/talk"})
    return made


def _texts(number: int) -> Iterator[str]:
    pattern = PATTERNS[number % len(PATTERNS)]
    for turn in range(1 + number % 2):
        yield pattern.format(number=number, locker=10_000 + 2 * number + turn)
