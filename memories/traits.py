"""What sort of answer a text can give, seen from its words; and what sort a question asks for.

Three things tell the turns that answer from those around them: a question "when" is answered by a time, a
question "how many" by a number, and what asks seldom answers. English, Japanese and Chinese.
"""

from __future__ import annotations

import re
from enum import IntFlag


class Trait(IntFlag):
    """What a text does; kept as a number beside it."""

    TELLS_TIME = 1
    TELLS_NUMBER = 2
    ASKS = 4


_TIME = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|ago|last|next|this (?:week|month|year|weekend|summer|morning)|since"
    r"|years?|months?|weeks?|days?|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june"
    r"|july|august|september|october|november|december|\d{4}|weekend|summer|winter|fall|autumn|spring)\b"
    r"|[昨今明先来]日|昨|先週|先月|去年|今年|来月|来週|今月|[0-9〇一二三四五六七八九十]+[年月日号號点點]"
    r"|上个?[周月]|下个?[周月]|周[一二三四五六日末]|[月火水木金土日]曜|前天|昨天|今天|明天|月底|年前|ヶ月|週間",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|twice|once|several|couple)\b"
    r"|[〇一二三四五六七八九十百千万]",
    re.IGNORECASE,
)
_ASKS_TIME = re.compile(
    r"\bwhen\b|\b(?:what|which) (?:year|month|day|date|time)\b|\bhow long\b|いつ|何[日月年曜時]|日付"
    r"|什么时候|[哪几][天年月号]|哪一天|日期|何时|多久",
    re.IGNORECASE,
)
_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|old|far|long|often)\b|いくら|いくつ|サイズ|何[本匹人個回度歳枚冊台時分]"
    r"|多少|几[个只本次岁号]|多[大长高远]",
    re.IGNORECASE,
)
_ENDS_ASKING = re.compile(r"[?？][\s\"'”’」』)）]*\Z")


def traits(text: str) -> Trait:
    """Return what `text` tells and whether it asks."""
    found = Trait(0)
    if _TIME.search(text):
        found |= Trait.TELLS_TIME
    if _NUMBER.search(text):
        found |= Trait.TELLS_NUMBER
    if _ENDS_ASKING.search(text[-20:]):
        found |= Trait.ASKS
    return found


def wanted_traits(question: str) -> Trait:
    """Return what a memory that answers `question` can be expected to tell; 0 if the question doesn't say."""
    wanted = Trait(0)
    if _ASKS_TIME.search(question):
        wanted |= Trait.TELLS_TIME
    if _ASKS_NUMBER.search(question):
        wanted |= Trait.TELLS_NUMBER
    return wanted
