"""What a scored conversation says should become of its turns, and how well that came about.

The format is LoCoMo's, with what our own sets add to it: `updates` (`old` and `new`: two turns, of which the later
changes what the earlier one told), `not_worth_remembering` and `third_party` (turns).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_TURN = re.compile(r"D:?(\d+):(\d+)")


@dataclass(frozen=True, slots=True)
class Kept:
    """A statement that is remembered: the turns that it rests on, and whose successor it has.

    `replaced_by` are the turns of what took its place or rewrote it, `questioned_by` those of what a person is asked
    to compare it with; `stands` tells that it still holds. `same_language` compares it with its turns.
    """

    turns: frozenset[str]
    about_other: bool
    same_language: bool
    stands: bool = True
    replaced_by: frozenset[str] = frozenset()
    questioned_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Labels:
    """What people said of the turns of a conversation. `updates` holds pairs of an older and a newer turn."""

    worth: frozenset[str]
    junk: frozenset[str]
    third_party: frozenset[str]
    updates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts, so that scores of several conversations can be added up."""

    statements: int = 0
    labelled: int = 0
    good: int = 0
    junk: int = 0
    junk_turns: int = 0
    facts: int = 0
    facts_kept: int = 0
    in_language: int = 0
    others: int = 0
    others_named: int = 0
    updates: int = 0
    superseded: int = 0
    proposed: int = 0
    wrongly_superseded: int = 0
    wrongly_proposed: int = 0

    def __add__(self, other: Score) -> Score:
        """Return the score of both together."""
        return Score(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def counts(self) -> dict[str, int]:
        """Return what was counted."""
        return {name: getattr(self, name) for name in self.__slots__}

    def shares(self) -> dict[str, float | None]:
        """Return the measures, each 0..1, or None where the set has nothing to measure it by.

        precision: of the statements that rest on labelled turns, those that rest on one worth it. junk_rate: of all
        statements, those that rest on nothing but small talk. facts_kept: of the turns worth it, those on which a
        statement rests. supersession: of the changed facts, those whose old statement no longer holds because of
        the new one; proposed: those where a person is asked. language_kept: of all statements, those in the script
        of their turns. about_others: of the statements on facts about somebody else, those that name whom.
        """
        return {
            "precision": _share(self.good, self.labelled) if self.junk_turns else None,
            "junk_rate": _share(self.junk, self.statements) if self.junk_turns else None,
            "facts_kept": _share(self.facts_kept, self.facts),
            "supersession": _share(self.superseded, self.updates),
            "proposed": _share(self.proposed, self.updates),
            "language_kept": _share(self.in_language, self.statements),
            "about_others": _share(self.others_named, self.others),
        }


def labels_of(sample: Mapping[str, Any]) -> Labels:
    """Return what `sample` says of its turns; those that questions name as evidence are worth it, too."""
    updates = tuple((str(one["old"]), str(one["new"])) for one in sample.get("updates") or [])
    third_party = turns(sample.get("third_party"))
    asked = turns(evidence for question in sample.get("qa") or [] for evidence in question.get("evidence") or [])
    junk = turns(sample.get("not_worth_remembering"))
    worth = (asked | third_party | {turn for pair in updates for turn in pair}) - junk
    return Labels(worth, junk, third_party, updates)


def turns(named: Iterable[str] | None) -> frozenset[str]:
    """Return the turns that are named, also where several are in one text or a colon is one too many."""
    return frozenset(f"D{match[1]}:{match[2]}" for text in named or () for match in _TURN.finditer(text))


def score(kept: Sequence[Kept], labels: Labels) -> Score:
    """Hold what is remembered against the labels."""
    every = frozenset[str]().union(*(one.turns for one in kept))
    junk = [one for one in kept if one.turns and one.turns <= labels.junk]
    good = [one for one in kept if one.turns & labels.worth]
    others = [one for one in kept if one.turns and one.turns <= labels.third_party]
    superseded = {(old, new) for one in kept for old in one.turns for new in one.replaced_by}
    proposed = {(old, new) for one in kept for old in one.turns for new in one.questioned_by}
    wanted = set(labels.updates)
    return Score(
        statements=len(kept),
        labelled=len(good) + len(junk),
        good=len(good),
        junk=len(junk),
        junk_turns=len(labels.junk),
        facts=len(labels.worth),
        facts_kept=len(labels.worth & every),
        in_language=sum(one.same_language for one in kept),
        others=len(others),
        others_named=sum(one.about_other for one in others),
        updates=len(wanted),
        superseded=len(wanted & superseded),
        proposed=len(wanted & proposed - superseded),
        wrongly_superseded=sum(not one.stands and not _wanted(one.turns, one.replaced_by, wanted) for one in kept),
        wrongly_proposed=sum(
            bool(one.questioned_by) and not _wanted(one.turns, one.questioned_by, wanted) for one in kept
        ),
    )


def _wanted(older: frozenset[str], newer: frozenset[str], wanted: set[tuple[str, str]]) -> bool:
    return any((old, new) in wanted for old in older for new in newer)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
