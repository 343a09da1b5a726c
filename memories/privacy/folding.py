"""A text as detectors read it: full-width digits as plain ones, invisible characters gone, places kept."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_DASHES = dict.fromkeys("‐‑‒–—―−", "-")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text`, and for each of its characters its place in the original; None where the two are the same."""

    text: str
    places: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where in the original the characters from `start` up to `end` stand."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Return `text` in NFKC (Unicode Standard Annex 15), character by character, with all dashes alike.

    Characters of category Cf, such as a zero-width space, show nothing and would only keep digits apart.
    """
    if text.isascii():
        return Folded(text)
    characters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for plain in _plain(character):
            characters.append(plain)
            places.append(place)
    return Folded("".join(characters), tuple(places))


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if character in _DASHES:
        return "-"
    return "" if unicodedata.category(character) == "Cf" else unicodedata.normalize("NFKC", character)
