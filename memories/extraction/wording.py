"""What a text is made of, as far as two texts can be compared by it: terms, numbers, negation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from memories.extraction.script import is_unspaced
from memories.extraction.spaced_words import FUNCTION

WORD = re.compile(r"[^\W_]+")
_STEM = 5
# So that live, lives, lived and living meet.
_ENDING = re.compile(r"(?<=[a-z]{3})(?:ing|ed|es|e|s)\Z")
_MEANINGFUL = re.compile(r"[\u30a1-\u30fa\u30fc\u3005\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")

_DIGITS = re.compile(r"\d+(?:[.:,/-]\d+)*")
_NUMERALS = "〇一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
# A numeral counts before a counter, or beside another one; 一緒 and 万一 are no numbers.
_KANJI_NUMBER = re.compile(
    rf"[{_NUMERALS}零两十百千万]+(?=[歳才年月日時分円本回匹週度階台冊枚号人個个つ泊頭杯岁天点块元次节公平斤套层楼趟门只条倍])"
    rf"|(?!万一|千万)[{_NUMERALS}十百千万]{{2,}}"
)
_WRITTEN = {
    word: str(number)
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "  # noqa: SIM905
        "eighteen nineteen twenty".split(),
        start=2,
    )
}
NEGATION = re.compile(
    r"\b(?:not|no|never|none|nothing|neither|nor|cannot|without|stopped|quit|[a-z]+n['’]t"
    r"|nicht|kein\w*|nie|nunca|jamais|pas|non|não|не|нет|никогда)\b"
    r"|ない|なかっ|ません|ずに|無い|やめ|辞め|[不没沒别無无未戒]|않|못|없",
    re.IGNORECASE,
)


def folded(text: str) -> str:
    """Return `text` without differences of width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


@lru_cache(maxsize=4096)
def terms(text: str, *, every: bool = False) -> frozenset[str]:
    """Return the beginnings of words, and pairs of neighbouring characters where nobody writes spaces.

    Function words are left out, and pairs of hiragana alone too unless there is nothing else, or `every` is asked.
    """
    found: set[str] = set()
    lesser: set[str] = set()
    for word in WORD.findall(folded(text)):
        if is_unspaced(word):
            pairs = {word[i : i + 2] for i in range(max(1, len(word) - 1))}
            found.update(pair for pair in pairs if _MEANINGFUL.search(pair))
            lesser |= pairs
        elif word not in FUNCTION and (len(word) > 1 or word.isdigit()):
            found.add(_ENDING.sub("", word)[:_STEM])
    return frozenset(found | lesser if every else found or lesser)


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in `text` as digits, however they are written."""
    text = folded(text)
    found = {number.strip(",.") for number in _DIGITS.findall(text)}
    found |= {str(_value(number)) for number in _KANJI_NUMBER.findall(text)}
    return frozenset(found | {_WRITTEN[word] for word in WORD.findall(text) if word in _WRITTEN})


def is_negated(text: str) -> bool:
    """Tell whether `text` denies something."""
    return bool(NEGATION.search(folded(text)))


def _value(numeral: str) -> int:
    """Return what a Chinese numeral stands for, by digits (二〇二六) or by units (千八百, 四万)."""
    if not any(unit in numeral for unit in _UNITS):
        return int("".join(str(_digit(char)) for char in numeral))
    total = section = digit = 0
    for char in numeral:
        if char == "万":
            total, section, digit = total + (section + digit or 1) * _UNITS[char], 0, 0
        elif char in _UNITS:
            section, digit = section + (digit or 1) * _UNITS[char], 0
        else:
            digit = _digit(char)
    return total + section + digit


def _digit(char: str) -> int:
    return _NUMERALS.index({"两": "二", "零": "〇"}.get(char, char))
