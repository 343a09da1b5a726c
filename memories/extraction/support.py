"""Does a conversation support a statement? By the words that both share, in any script."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from memories.extraction.foreign import without_inserted
from memories.extraction.script import is_unspaced
from memories.extraction.types import Turn
from memories.extraction.wording import NEGATION, terms

# The share of a statement's terms that may come from nowhere. Japanese and Chinese are compared by pairs of
# characters, most of which differ as soon as an ending does.
_UNEXPLAINED = 0.7
_UNEXPLAINED_PAIRS = 0.92
# A statement of fewer terms says too little to be judged by a share.
_FEW = 4
# As much of it must stand in something recalled to be called a repetition of that.
_RECALLED = 0.6
_OWN = 0.5

# What models call the person who speaks: it need not be explained.
_NAMES_OF_THE_USER = terms("user") | terms("ユーザー") | terms("用户")

_CONFIRMS = re.compile(
    r"\W*(?:yes|yeah|yep|yup|right|correct|exactly|true|indeed|sure|of course|i do|i am|i did"
    r"|that'?s (?:right|true|it)"
    r"|はい|うん|ええ|そう|その通り|合って|是|对|對|没错|嗯|好的|ja|genau|stimmt|s[ií]|oui|exact|да|верно|네|응|맞아)(?![^\W\d_]{4})",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"\b(?:left|over|ended|finished|done with|broke up|split up|divorced|sold|lost|died|passed away|cancel\w*"
    r"|gave up|given up|dropped|closed|used to|anymore|any more|resign\w*|retired|moved)\b"
    r"|終わ|別れ|離婚|亡くな|死ん|売っ|失くし|なくし|取り消|キャンセル|卒業|退職|引退|閉店|止め|引っ越|引き継"
    r"|离开|分手|离婚|去世|卖了|卖掉|丢了|取消|毕业|辞职|退休|关门|停了|不再|结束",
    re.IGNORECASE,
)


def spoken(turn: Turn) -> str:
    """Return a turn's words without what an app has put in, or what tries to give orders."""
    return without_inserted(turn.text)


def supported(text: str, said: Sequence[Turn], cited: Sequence[Turn], context: Iterable[str]) -> bool:
    """Tell whether the users' turns `said` support `text`, among all that it cites.

    Their own words must, or a plain "yes" to somebody else's. Beyond that, names and nouns may come from the
    `context`: a statement puts them where the person said "there" or "she".
    """
    own = _terms_of(said)
    wanted = {term for term in terms(text) if not term.isdigit()} - _NAMES_OF_THE_USER or terms(text)
    if not wanted & own:
        confirmed = any(_CONFIRMS.match(turn.text) for turn in said)
        return confirmed and bool(wanted & _terms_of(cited))
    known = own | _terms_of(cited).union(*(terms(one, every=True) for one in context))
    limit = _UNEXPLAINED_PAIRS if is_unspaced(text) else _UNEXPLAINED
    return len(wanted) < _FEW or len(wanted - known) <= limit * len(wanted)


def ends_it(said: Sequence[Turn], text: str, known: str) -> bool:
    """Tell whether `text` can end what is `known`: it speaks of the same, and the person denies or ends something."""
    spoke = "\n".join(map(spoken, said))
    return bool(terms(text) & terms(known)) and bool(_ENDS.search(spoke) or NEGATION.search(spoke))


def only_recalled(text: str, said: Sequence[Turn], cited: Sequence[Turn], recalled: Iterable[str]) -> bool:
    """Tell whether `text` repeats something `recalled` rather than what the person says now.

    It does if nearly all of it stands there and what goes beyond that isn't the person's own either.
    """
    wanted, own = terms(text), _terms_of(said)
    if not wanted or len(wanted & own) >= _OWN * len(wanted):
        return False
    if any(_CONFIRMS.match(turn.text) for turn in said) and len(cited) > len(said):
        return False
    for one in recalled:
        there = terms(one, every=True)
        if len(wanted & there) >= _RECALLED * len(wanted) and not (wanted - there) & own:
            return True
    return False


def _terms_of(turns: Iterable[Turn]) -> frozenset[str]:
    return frozenset[str]().union(*(terms(spoken(turn), every=True) for turn in turns))
