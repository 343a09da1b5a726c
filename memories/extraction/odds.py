"""Are two statements at odds? A guess by their words, good enough to ask a person, never to decide.

Each of these makes it likely: one denies what the other says; they differ in a number alone; both fill the same
place that has room for one thing (a home, an employer, an age); the newer one speaks of a change to the same thing.
"""

from __future__ import annotations

import re

from memories.extraction.wording import folded, is_negated, numbers, terms

# Of all the terms in either, how many both have when they speak of the same.
_SAME_MATTER = 0.5
_CHANGE = re.compile(
    r"\b(?:actually|no longer|not any ?more|any ?more|used to|instead|switched|changed|replaced|cancel\w*|postponed"
    r"|rescheduled|moved|quit|left|gave up|given up|stopped|broke up|divorced|promoted|upgraded|sold|renamed"
    r"|turned out|went back|got rid of|swapped)\b"
    r"|替え|換え|変え[たてる]|変わっ|変更|引っ越|転職|辞め|やめ[たてる]|取り消|キャンセル|代わりに|結局|ずらし|延期|じゃなく|ではなく|止めら|休んで"
    r"|引き継|卒業し|もう.{1,12}(?:ない|ません)|戻っ|平気|逆に|別れ[たて]|離婚"
    r"|改[成喝吃用到名为]|换[成了到]|換|不再|不怎么|没法|辞[职了掉]|反而停|停了|停课|搬到|搬去|取消|推迟|拖了|提前|其实|终于|降到|升到|涨到|不是之前"
    r"|卖了|离婚|分手|跳槽|入职|拿到|回.{0,3}老家了",
    re.IGNORECASE,
)
# A place in a person's life with room for one thing at a time: who, and which place.
_WHO = r"(?P<who>i|we|he|she|they|my \w+(?: \w+)?|[a-z]\w+)"
_IS = r"(?:'m|'s| am| is| are)"
_DOES = rf"{_WHO}{_IS}?(?: now| currently)? "
_MINE = r"name|age|birthday|address|phone(?: number)?|e-?mail|job|boss|employer|favou?rite \w+"
_PLACES = {
    "home": rf"{_DOES}(?:liv(?:e|es|ing) in|(?:have |has )?moved to|based in)\b",
    "employer": rf"{_DOES}(?:work(?:s|ing)? (?:at|for)|employed (?:at|by)|joined)\b",
    "trade": rf"{_DOES}work(?:s|ing)? as\b",
    "age": rf"{_WHO}{_IS}(?: now)? (?:turning )?\d+\b",
    "mine": rf"(?P<who>my (?:{_MINE})) (?:is|was)\b",
    "called": rf"{_WHO}(?:'s| is| are) (?:called|named)\b",
}
_PLACE = {place: re.compile(rf"\b{pattern}", re.IGNORECASE) for place, pattern in _PLACES.items()}
_PLACES_CJK = {
    "home": re.compile(r"に住んで|へ引っ越|に引っ越|住在|搬到|搬去|家住"),
    "employer": re.compile(r"に勤め|で働|に入社|に転職|在.{1,12}(?:工作|上班)|入职"),
    "favourite": re.compile(r"一番好き|最喜欢"),
}
# A term by which two statements can be known to speak of the same thing: not of when, or of how many.
_SPECIFIC = re.compile(
    r"[a-z]{4,}|[\u30a1-\u30fc]{2}|(?:(?![年月日周週天时時分今昨明上下前后後每毎最朝早晚夜一二三四五六七八九十百千万半两几何])[\u3400-\u9fff]){2}"
)


def at_odds(newer: str, older: str) -> bool:
    """Tell whether two statements of the same speaker can hardly both hold now."""
    told, before = terms(newer), terms(older)
    alike = len(told & before) >= _SAME_MATTER * len(told | before)
    if alike and (is_negated(newer) != is_negated(older) or _differ_in_numbers(newer, older)):
        return True
    return _same_place(folded(newer), folded(older)) and bool(told - before and before - told)


def changes(text: str) -> bool:
    """Tell whether `text` says that something is other than it was."""
    return bool(_CHANGE.search(folded(text)))


def same_thing(newer: str, older: str) -> bool:
    """Tell whether two statements name the same thing."""
    return any(_SPECIFIC.search(term) for term in terms(newer) & terms(older))


def _differ_in_numbers(newer: str, older: str) -> bool:
    told, before = numbers(newer), numbers(older)
    return bool(told - before and before - told)


def _same_place(newer: str, older: str) -> bool:
    for pattern in _PLACE.values():
        one, other = pattern.search(newer), pattern.search(older)
        if one and other and one["who"] == other["who"]:
            return True
    return any(pattern.search(newer) and pattern.search(older) for pattern in _PLACES_CJK.values())
