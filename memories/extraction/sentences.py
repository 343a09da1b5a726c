"""Cutting text into sentences, as spans, so that nothing is rewritten."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

Span = tuple[int, int]

LONGEST = 1000

_QUOTED = re.compile(
    r"「[^「」\n]{0,300}」|『[^『』\n]{0,300}』|（[^（）\n]{0,300}）|\([^()\n]{0,300}\)|“[^“”\n]{0,300}”"
)
_STOP = re.compile(r"[。｡．！？‼⁇⁈⁉]+|[!?]+|\.+|…+|[\n\r\u2028\u2029]")
_SURE = frozenset("。｡．！？‼⁇⁈⁉")
_LINE_ENDS = frozenset("\n\r\u2028\u2029")
_EMOJI = r"[\U0001f000-\U0001faff\u2600-\u27bf\u200d\ufe0f\u2b50\u2764]"
# What still belongs to a sentence after its full stop: more marks, closing quotes, a laugh, emoji.
_TAIL = re.compile(rf"[!?！？。…\"'”’」』）)\]】》*_~〜♪]*(?:\s?(?:{_EMOJI}|笑|[wｗ]+(?!\w)|\(笑\)|（笑）))*")
_BULLET = re.compile(r"(?:[-*•・·▪►#>|]+\s+|[・•]|\d{1,2}[.)、．]\s+|[①-⑳])")
_ALWAYS_ABBREVIATED = re.compile(r"(?:mrs?|ms|dr|prof|st|vs|e\.g|i\.e|z\.b|bzw|d\.h|sra)\Z", re.IGNORECASE)
_ABBREVIATED_INSIDE = re.compile(
    r"(?:[ap]\.m|etc|inc|ltd|co|corp|jr|sr|u\.[sk]|approx|dept|no|nr|ca|usw|bspw)\Z", re.IGNORECASE
)
_GERMAN_MONTH = re.compile(r"\s(?:Jan|Feb|März|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez)")
_LAST_WORD = re.compile(r"[\w.]*\Z")
_CLAUSE = re.compile(r"[,;:，；、：]\s*|\s+")


def sentences(text: str) -> Iterator[Span]:
    """Yield the span of each sentence, without surrounding space, list bullets and trailing commas."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    start = 0
    for stop in _STOP.finditer(text):
        if stop.start() < start or not _ends(text, stop, quoted):
            continue
        tail = _TAIL.match(text, stop.end())
        end = stop.start() if stop[0] in _LINE_ENDS else tail.end() if tail else stop.end()
        yield from _trimmed(text, start, end)
        start = max(end, stop.end())
    yield from _trimmed(text, start, len(text))


def pieces(text: str, span: Span) -> Iterator[Span]:
    """Cut one over-long sentence at its last comma or space within `LONGEST` characters."""
    start, end = span
    while end - start > LONGEST:
        cuts = [cut.end() for cut in _CLAUSE.finditer(text, start + LONGEST // 2, start + LONGEST)]
        cut = cuts[-1] if cuts else start + LONGEST
        yield from _trimmed(text, start, cut)
        start = cut
    yield from _trimmed(text, start, end)


def _ends(text: str, stop: re.Match[str], quoted: list[Span]) -> bool:
    if stop[0] in _LINE_ENDS:
        return not _soft_wrapped(text, stop.start())
    if _inside(quoted, stop.start()):
        return False
    if stop[0][0] in _SURE:
        return True
    tail = _TAIL.match(text, stop.end())
    after = text[tail.end() if tail else stop.end() :][:12]
    if stop[0][0] in "!?":
        return not after or not after[0].isascii() or after[0].isspace()
    if after and not after[0].isspace():
        return False
    if stop[0] != ".":
        return not after.strip()[:1].islower()
    return not _abbreviates(text, stop.start(), after)


def _inside(quoted: list[Span], position: int) -> bool:
    before = bisect_left(quoted, (position, 0))
    return before > 0 and position < quoted[before - 1][1] - 1


def _abbreviates(text: str, dot: int, after: str) -> bool:
    match = _LAST_WORD.search(text, max(0, dot - 20), dot)
    word = match[0] if match else ""
    following = after.strip()[:1]
    if word.isdigit():
        before = text[max(0, dot - len(word) - 1) : dot - len(word)]
        numbers_a_line = len(word) < 3 and before in ("", "\n", "\r")
        return bool(_GERMAN_MONTH.match(after)) or numbers_a_line
    if len(word) == 1 and word.isupper() and word.isascii() and word != "I":
        return following.isupper()
    if _ALWAYS_ABBREVIATED.match(word):
        return True
    return bool(_ABBREVIATED_INSIDE.match(word)) and (following.islower() or following.isdigit())


def _soft_wrapped(text: str, newline: int) -> bool:
    """Tell whether a mail program, not the writer, broke the line here."""
    line_start = text.rfind("\n", 0, newline) + 1
    goes_on = text[newline - 1].isalnum() and text[newline + 1 : newline + 2].islower()
    return goes_on and newline - line_start >= 60


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    start = _after_space(text, start, end)
    while bullet := _BULLET.match(text, start, end):
        start = _after_space(text, bullet.end(), end)
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;，、；"):
        end -= 1
    if end > start:
        yield start, end


def _after_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start
