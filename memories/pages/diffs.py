"""What changed between two texts, in pieces that a person reads as words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

# Scripts whose words no space divides: Thai, Lao, Burmese, Khmer, Kana, Han. Korean has spaces.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)
_JOINER = "\u200d"
# Comparing takes time with each pair of equal pieces. Beyond the first number pieces that recur all over the text
# no longer serve as landmarks (difflib's "autojunk"); beyond the second, what differs is shown as replaced whole.
EXACT_PAIRS = 20_000
MAX_PAIRS = 4_000_000
# Texts that share less than this are two texts; showing the letters they have in common would be confetti.
MIN_LIKENESS = 0.2


class Op(StrEnum):
    """What happened to a piece of text."""

    EQUAL = "equal"
    DELETE = "delete"
    INSERT = "insert"


class Piece(NamedTuple):
    """A piece of text and what happened to it."""

    op: Op
    text: str


def diff(old: str, new: str) -> list[Piece]:
    """Return the pieces that lead from `old` to `new`.

    The equal and deleted ones make up `old`, the equal and inserted ones `new`. Spaced scripts are compared
    word by word, the others character by character.
    """
    before, after = pieces(old), pieces(new)
    head, tail = _shared_ends(before, after)
    end, new_end = len(before) - tail, len(after) - tail
    changed = _compared(before[head:end], after[head:new_end])
    found = [Piece(Op.EQUAL, "".join(before[:head])), *changed, Piece(Op.EQUAL, "".join(before[end:]))]
    if len(changed) > 2 and _likeness(found) < MIN_LIKENESS:
        found = [Piece(Op.DELETE, old), Piece(Op.INSERT, new)]
    return _merged(_bridged(found))


def _shared_ends(before: list[str], after: list[str]) -> tuple[int, int]:
    """Return how many pieces both texts begin with, and how many of the others both end with."""
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    return head, tail


def _compared(before: list[str], after: list[str]) -> list[Piece]:
    if len(before) * len(after) > MAX_PAIRS:
        return [Piece(Op.DELETE, "".join(before)), Piece(Op.INSERT, "".join(after))]
    counts = Counter(after)
    many = sum(counts[piece] for piece in before) > EXACT_PAIRS
    found: list[Piece] = []
    for tag, i, j, k, m in SequenceMatcher(None, before, after, autojunk=many).get_opcodes():
        if tag == "equal":
            found.append(Piece(Op.EQUAL, "".join(before[i:j])))
        else:
            found += [Piece(Op.DELETE, "".join(before[i:j])), Piece(Op.INSERT, "".join(after[k:m]))]
    return found


def pieces(text: str) -> list[str]:
    """Split `text` into words, runs of space and single signs; accents and joined emoji stay in one piece."""
    found: list[str] = []
    last = ""
    for char in text:
        kind = _kind(char)
        joined = bool(found) and (kind == "mark" or found[-1][-1] == _JOINER)
        if joined or (kind == last and kind in ("word", "space")):
            found[-1] += char
        else:
            found.append(char)
        if not joined:
            last = kind
    return found


def _kind(char: str) -> str:
    category = unicodedata.category(char)
    if category[0] == "M" or char == _JOINER:
        return "mark"
    if char.isspace():
        return "space"
    if category[0] in "LN" and not _UNSPACED.match(char):
        return "word"
    return "sign"


def _likeness(found: list[Piece]) -> float:
    """Return the share of characters, other than space, that both texts keep: 0..1."""
    weights = dict.fromkeys(Op, 0)
    for piece in found:
        weights[piece.op] += len("".join(piece.text.split()))
    kept = 2 * weights[Op.EQUAL]
    total = kept + weights[Op.DELETE] + weights[Op.INSERT]
    return kept / total if total else 1.0


def _bridged(found: list[Piece]) -> list[Piece]:
    """Take a space between two changes as changed too: "red car" reads better than "red" and "car"."""
    bridged: list[Piece] = []
    for i, piece in enumerate(found):
        if piece.op == Op.EQUAL and piece.text.isspace() and 0 < i < len(found) - 1:
            bridged += [Piece(Op.DELETE, piece.text), Piece(Op.INSERT, piece.text)]
        else:
            bridged.append(piece)
    return bridged


def _merged(found: list[Piece]) -> list[Piece]:
    """Join neighbouring changes into one deletion followed by one insertion, and drop empty pieces."""
    merged: list[Piece] = []
    for equal, group in groupby((p for p in found if p.text), key=lambda piece: piece.op == Op.EQUAL):
        run = list(group)
        ops = (Op.EQUAL,) if equal else (Op.DELETE, Op.INSERT)
        merged += [Piece(op, "".join(piece.text for piece in run if piece.op == op)) for op in ops]
    return [piece for piece in merged if piece.text]
