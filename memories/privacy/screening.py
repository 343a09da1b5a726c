"""What a project wants done with what is found, done to a text or a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from memories.privacy.detection import find
from memories.privacy.kinds import ALLOW, DEFAULTS, KINDS, REFUSE
from memories.privacy.marks import mask_mark, refusal_mark

# (kind, action) -> how often. Never what was found.
Withheld = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Screened:
    """A text as it may be kept, and what was withheld of it; `refused` if that is all of it."""

    text: str
    withheld: Withheld = field(default_factory=Counter)

    @property
    def refused(self) -> tuple[str, ...]:
        """Return the kinds because of which the text is not to be kept at all."""
        return tuple(kind for kind, action in self.withheld if action == REFUSE)


@dataclass(frozen=True, slots=True)
class Policy:
    """What is done with each kind that is not simply allowed."""

    actions: Mapping[str, str]

    @classmethod
    def of(cls, stored: Mapping[str, str]) -> Policy:
        """Return the policy of a project that has `stored` its differences from the defaults."""
        chosen = {kind: stored.get(kind, DEFAULTS[kind]) for kind in KINDS}
        return cls({kind: action for kind, action in chosen.items() if action != ALLOW})

    def screen(self, text: str) -> Screened:
        """Return `text` without what is to be withheld. Screening twice is the same as once."""
        screened = self._screened_once(text)
        withheld = screened.withheld
        # A mark parts what was one run of digits or letters, in which more may be seen then.
        while screened.withheld:
            screened = self._screened_once(screened.text)
            withheld = withheld + screened.withheld
        return Screened(screened.text, withheld)

    def _screened_once(self, text: str) -> Screened:
        if not self.actions or not text:
            return Screened(text)
        findings = find(text, self.actions)
        if not findings:
            return Screened(text)
        withheld: Withheld = Counter((finding.kind, self.actions[finding.kind]) for finding in findings)
        refused = [finding.kind for finding in findings if self.actions[finding.kind] == REFUSE]
        if refused:
            return Screened(refusal_mark(refused[0]), withheld)
        pieces, place = [], 0
        for finding in findings:
            pieces += [text[place : finding.start], mask_mark(finding.kind)]
            place = finding.end
        return Screened("".join([*pieces, text[place:]]), withheld)

    def screen_value(self, value: Any) -> tuple[Any, Withheld]:
        """Return a JSON value with every string in it screened, and what was withheld.

        A number is screened as it is written; one that is withheld becomes a string. The names of fields are an
        app's own words, but they tell what the values are: `{"password": "…"}` is a password said as such.
        """
        withheld: Withheld = Counter()
        return self._screened(value, "", withheld), withheld

    def _screened(self, value: Any, name: str, withheld: Withheld) -> Any:
        if isinstance(value, Mapping):
            return {key: self._screened(item, str(key), withheld) for key, item in value.items()}
        if isinstance(value, list):
            return [self._screened(item, name, withheld) for item in value]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return value
        label = f"{name.replace('_', ' ')}: "
        screened = self.screen(f"{label}{value}")
        if not screened.withheld:
            return value
        withheld.update(screened.withheld)
        return screened.text.removeprefix(label)


def told(withheld: Withheld) -> list[dict[str, Any]]:
    """Return the counts as JSON keeps them, in a fixed order."""
    return [{"kind": kind, "action": action, "count": n} for (kind, action), n in sorted(withheld.items())]


def counted(stored: list[dict[str, Any]]) -> Withheld:
    """Return the counts that `told` wrote."""
    return Counter({(item["kind"], item["action"]): item["count"] for item in stored})
