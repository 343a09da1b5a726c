"""What surrounds a sentence, as far as it changes whether the sentence is worth keeping."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """`answers`: the turn before asked, so a mere "Luna." says a lot. `names`: of those who talk."""

    answers: bool = False
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to keep a sentence on its own, and whether it goes on from the one before it.

    One that only `leans` ("It is red.") is kept together with what it leans on, and dropped otherwise.
    """

    keep: bool
    leans: bool = False


DROP = Verdict(keep=False)
