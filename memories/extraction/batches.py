"""Cutting a long conversation into parts that a language model reads one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from memories.extraction.types import ExtractionRequest, Turn

# How many turns of the part before a part is given to be understood by, and how much of each.
CARRIED = 4
CARRIED_CHARACTERS = 500
# What a turn's JSON takes besides its text.
_FRAME = 40
_CHARACTERS_PER_TOKEN = 4


def tokens(text: str) -> int:
    """Return about how many tokens `text` is: four ASCII characters make one, any other character is one.

    Tokenizers differ by model; this errs on the high side for all but the oldest.
    """
    plain = sum(char.isascii() for char in text)
    return len(text) - plain + -(-plain // _CHARACTERS_PER_TOKEN)


def batches(request: ExtractionRequest, budget: int) -> Iterator[ExtractionRequest]:
    """Yield `request` in parts whose turns take at most `budget` tokens each, in order.

    A turn that is too long for one part goes on in the next, under the same index. Each part has the last turns
    before it as its `earlier`.
    """
    before = list(request.earlier)
    part: list[Turn] = []
    left = budget
    for turn in chain.from_iterable(_pieces(turn, budget) for turn in request.turns):
        needed = tokens(turn.text) + _FRAME
        if part and needed > left:
            yield replace(request, turns=part, earlier=before)
            before = [shortened(one) for one in part[-CARRIED:]]
            part, left = [], budget
        part.append(turn)
        left -= needed
    if part:
        yield replace(request, turns=part, earlier=before)


def shortened(turn: Turn) -> Turn:
    """Return a turn's beginning, as much as helps to understand what comes after."""
    if len(turn.text) <= CARRIED_CHARACTERS:
        return turn
    return replace(turn, text=f"{turn.text[:CARRIED_CHARACTERS]}…")


def _pieces(turn: Turn, budget: int) -> Iterator[Turn]:
    """Yield a turn whole, or cut at line ends and spaces into pieces that fit."""
    text = turn.text
    # A character is a token at most.
    room = max(budget - _FRAME, 1)
    while tokens(text) > room:
        cut = _within(text, room)
        yield replace(turn, text=text[:cut])
        text = text[cut:]
    yield replace(turn, text=text)


def _within(text: str, room: int) -> int:
    """Return where to cut `text` so that its beginning takes at most `room` tokens."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if tokens(text[:middle]) <= room else (low, middle - 1)
    ends = (text.rfind(end, low // 2, low) + len(end) for end in ("\n", "。", ". ", " "))
    return next((end for end in ends if end > low // 2), low)
