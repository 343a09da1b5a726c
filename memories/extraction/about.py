"""Whom a statement is about, where it begins with that: "My brother Ken …", 「母が…」, "我妈…"."""

from __future__ import annotations

import re

_KIN = (
    r"(?:(?:step|grand|great[- ]grand|god)?(?:mother|father|mom|mum|dad|son|daughter|parents|child(?:ren)?|kids?)"
    r"|(?:half-?|step)?(?:brother|sister)s?(?:-in-law)?|(?:mother|father|son|daughter)-in-law|grandma|grandpa"
    r"|wife|husband|partner|boyfriend|girlfriend|fianc[ée]e?|ex|aunt|uncle|cousin|niece|nephew|twins?"
    r"|(?:best )?friend|roommate|flatmate|neighbou?r|boss|manager|colleague|coworker|teacher|coach"
    r"|dog|cat|puppy|kitten)"
)
_OPENING = r"(?:(?:and|but|so|well|also|oh|yes|yeah|no|today|yesterday|recently|sadly|luckily|unfortunately),? )*"
# "My brother's house" is about the house, "my mom and I" about both.
_NOT_IT = r"(?!['’]s (?!(?:a|an|the|in|at|on|going|been|now|\w+ing)\b)| and\b)"
_ENGLISH = re.compile(
    rf"\W*{_OPENING}(?:my|our) (?:\w+ )??(?P<kin>{_KIN})\b{_NOT_IT}"
    r"(?:,? (?:called |named )?(?P<name>(?-i:[A-Z])\w+))?",
    re.IGNORECASE,
)
_KIN_JA = (
    r"(?:お母さん|お父さん|母親|父親|母|父|お?姉(?:ちゃん|さん)?|お?兄(?:ちゃん|さん)?|弟|妹|祖父|祖母|おばあちゃん|おじいちゃん|ばあちゃん|じいちゃん"
    r"|妻|嫁|夫|旦那|娘|息子|長女|長男|次女|次男|彼氏|彼女|両親|叔父|叔母|いとこ|甥|姪|上司|同僚|友達|友人|親友|後輩|先輩|猫|犬|うちの子)"
)
_OPENING_JA = (
    r"(?:で|それで|あと|そういえば|ちなみに|実は|そうそう|うん|いや|はい"
    r"|今日|昨日|最近|先月|今月|先週|今週|来月|去年|今年)?[、，]?"
)
_JAPANESE = re.compile(
    rf"\W*{_OPENING_JA}(?:その|(?:うち|私|わたし|僕|俺)の)?(?P<kin>{_KIN_JA})"
    r"(?:の(?P<name>(?!ほう|方|こと|家|名前|手術|誕生|結婚|仕事)[^\W\dのがはもをにでと、。]{1,6}?))?"
    r"(?:さん|くん|ちゃん)?(?:のほう)?(?=[がはも、]|って)"
)
_KIN_ZH = (
    r"(?:妈妈?|爸爸?|爷爷|奶奶|外婆|外公|姥姥|姥爷|姐姐?|哥哥?|弟弟?|妹妹?|老公|老婆|妻子|丈夫|女朋友|男朋友|女友|男友|儿子|女儿|孩子|父母"
    r"|表[哥姐弟妹]|堂[哥姐弟妹]|舅舅?|姑姑|叔叔|阿姨|同事|领导|老板|朋友|同学|室友|房东)"
)
_OPENING_ZH = r"(?:对了|还有|其实|不过|但是?|所以|然后|另外|说起来|汇报一下|今天|昨天|最近|上周|上个月)?[，、：:]?\s*"
_CHINESE = re.compile(rf"\W*{_OPENING_ZH}(?:我们?|咱们?|俺)(?:家)?的?(?P<kin>{_KIN_ZH})(?P<name>)(?![和跟与们的])")
_DOUBLED = frozenset("妈爸姐哥弟妹舅")


def about(text: str) -> str:
    """Return the name or the word for somebody other than the speaker with whom `text` begins, else ""."""
    for pattern in (_ENGLISH, _JAPANESE, _CHINESE):
        if found := pattern.match(text):
            kin = found["kin"]
            return found["name"] or (kin * 2 if kin in _DOUBLED else kin)
    return ""
