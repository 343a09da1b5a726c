"""What surrounds a sentence, as far as it changes whether the sentence is worth keeping."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """`answers`: the turn before asked something, so a mere "Luna." says a lot. `names`: of those who talk."""

    answers: bool = False
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to keep a sentence, and whether it is understood only after the one before it."""

    keep: bool
    leans: bool = False


DROP = Verdict(keep=False)
