"""How a statement stands to what is remembered: what a language model says of it, as far as the words bear it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from memories.extraction.support import ends_it
from memories.extraction.types import Relation, Turn
from memories.extraction.wording import is_negated, numbers, terms

# The share of what is remembered that its fuller wording must still say.
_CONTAINED = 0.6


def relation(
    item: Mapping[str, Any], text: str, said: Sequence[Turn], known: Mapping[str, str]
) -> tuple[Relation, str]:
    """Return the relation that `item` claims and the reference of what it is to, or NEW and "".

    A claim is not believed if it names nothing that is known, or if believing it would lose something: "my cat is
    4" is not the same as "my cat is 3", what adds to a memory must repeat it, what ends one must deny it.
    """
    claimed, ref = Relation(item["relation"]), (item["related"] or "").strip()
    if claimed is Relation.NEW or ref not in known:
        return Relation.NEW, ""
    return (claimed, ref) if _borne_out(claimed, text, said, known[ref]) else (Relation.NEW, "")


def _borne_out(claimed: Relation, text: str, said: Sequence[Turn], known: str) -> bool:
    match claimed:
        case Relation.SAME:
            return numbers(text) <= numbers(known) and is_negated(text) == is_negated(known)
        case Relation.ADDS_TO:
            there = terms(known)
            kept = len(there & terms(text, every=True)) >= _CONTAINED * len(there)
            return kept and numbers(known) <= numbers(text) and is_negated(text) == is_negated(known)
        case Relation.ENDS:
            return ends_it(said, text, known)
        case _:
            return True
