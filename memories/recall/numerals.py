"""Small numbers as people write them, in digits and words."""

from __future__ import annotations

NUMERAL = r"\d+|[一二三四五六七八九十两]+"
_DIGITS = {char: value for value, char in enumerate("一二三四五六七八九", start=1)} | {"两": 2}
_WORDS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_WORDS |= {"seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a couple of": 2}
WORDS = "|".join(sorted(_WORDS, key=len, reverse=True))


def number(text: str) -> int:
    """Return the number that `text` writes, up to 99 in Chinese characters; raise ValueError if it is none."""
    if text.isdecimal():
        return int(text)
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    tens, ten, ones = text.rpartition("十")
    if any(part and part not in _DIGITS for part in (tens, ones)):
        raise ValueError(f"{text!r} is no small number.")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
