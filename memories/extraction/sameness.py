"""Do two statements say the same? For a server without a language model to judge it: only if hardly a word differs."""

from __future__ import annotations

import re

from memories.extraction.script import HAN, KANA
from memories.extraction.wording import folded

_CONTRACTED = (
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'ll\b"), " will"),
)
# What can be said or left out without changing what is told.
_FILLERS = frozenset(
    {"a", "an", "the", "really", "very", "also", "actually", "definitely", "totally", "absolutely", "certainly"}
    | {"honestly", "truly"}
)
_ASIDES = re.compile(
    r"\b(?:by the way|as i (?:said|told you|mentioned)(?: before)?|you know|like i said|just so you know|fyi|btw)\b"
)
_WORD = re.compile(r"[^\W_]+")
_JAPANESE_SUBJECT = re.compile(
    r"\A(?:実は|ちなみに|そういえば|あと|で)?、?(?:私|わたし|僕|ぼく|俺|自分)(?:は|って|、)"
)
_JAPANESE_FORMS = (
    (re.compile(r"て(?:い)?ます|てます|てる(?!の)"), "ている"),
    (re.compile(r"(?:なの|なん|の|ん)?(?:です|だ|である)?(?:けど|が|から|ので)?[よねわなさぜ]*\Z"), ""),
)
_CHINESE_END = re.compile(r"[啊呀呢吧啦哦嘛哈]+\Z")


def key(text: str) -> str:
    """Return what two wordings of the same statement have in common.

    Case, width, punctuation and fillers go; in Japanese also politeness at the end and the speaker as subject.
    Numbers, names, negation, tense and who does what to whom stay: they make another statement.
    """
    text = folded(text).replace("’", "'")
    text = _ASIDES.sub(" ", text)
    if KANA.search(text):
        return _japanese(text)
    if HAN.search(text):
        return _CHINESE_END.sub("", "".join(_WORD.findall(text)))
    for pattern, plain in _CONTRACTED:
        text = pattern.sub(plain, text)
    words = _WORD.findall(text)
    return " ".join([word for word in words if word not in _FILLERS] or words)


def alike(one: str, other: str) -> bool:
    """Tell whether the two say the same in nearly the same words."""
    return key(one) == key(other)


def _japanese(text: str) -> str:
    text = _JAPANESE_SUBJECT.sub("", text)
    sentences = [part for part in re.split(r"[。！!\n]", text) if part.strip()]
    return "".join(_plain(sentence) for sentence in sentences)


def _plain(sentence: str) -> str:
    plain = "".join(_WORD.findall(sentence))
    for pattern, form in _JAPANESE_FORMS:
        plain = pattern.sub(form, plain)
    return plain
