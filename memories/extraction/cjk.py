"""Is a Japanese or Chinese sentence worth keeping? The rules of both; each has its own patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from memories.extraction.context import DROP, Context, Verdict
from memories.extraction.script import HAN, KANA, URL

_DECORATION = re.compile(
    r"[\U0001f000-\U0001faff\u2600-\u27bf\u200d\ufe0f]|\(笑\)|（笑）|(?:笑|[wｗ]+)(?=[。！!、\s]*\Z)"
)
_LETTERS = re.compile(r"[^\W_]")
_ASKED = re.compile(r"[?？][^\w]*\Z")
_TITLE = r"(?:さん|くん|ちゃん|君|先生|様|哥|姐)?"
_CLAUSE = re.compile(r"[、，,；;]|……|\s+")


@dataclass(frozen=True, slots=True)
class Language:
    """The patterns by which one language is judged, and the lengths (in letters) that its sentences need.

    `opener` is stripped from the front as often as it matches. `question` finds questions without a mark;
    `asked` what makes a clause a question; `tag` what may follow a fact in a question. `request` asks the
    listener to do something, `lasting` for good. `comment` remarks on what the other has said.
    `personal` is about the one who speaks or theirs; `factual` has a date, an event, a wish.
    """

    opener: re.Pattern[str]
    question: re.Pattern[str]
    asked: re.Pattern[str]
    tag: re.Pattern[str]
    conditional: re.Pattern[str]
    request: re.Pattern[str]
    lasting: re.Pattern[str]
    comment: re.Pattern[str]
    personal: re.Pattern[str]
    factual: re.Pattern[str]
    leans: re.Pattern[str]
    shortest: int
    short: int
    long: int


def judge(sentence: str, context: Context, language: Language) -> Verdict:
    """Decide over one sentence of `language`."""
    text = _DECORATION.sub("", URL.sub(" ", sentence)).strip()
    leans = bool(language.leans.match(text))
    text = _without_openers(text, context.names, language)
    if _ASKED.search(text) or language.question.search(text):
        text = _asserted(text, language)
    elif language.lasting.search(text):
        return Verdict(keep=True)
    elif language.request.search(text):
        return DROP
    told = _length(text) >= language.shortest and not language.comment.search(text)
    return Verdict(keep=_tells(text, context, language), leans=leans and told)


def _without_openers(text: str, names: frozenset[str], language: Language) -> str:
    while text:
        opener = language.opener.match(text)
        rest = text[opener.end() :] if opener else _without_vocative(text, names)
        if rest == text:
            break
        text = rest.lstrip(" 、，,。.！!〜～…・")
    return text


def _without_vocative(text: str, names: frozenset[str]) -> str:
    for name in names:
        vocative = re.match(rf"{re.escape(name)}{_TITLE}[、，,！!]", text, re.IGNORECASE)
        if vocative:
            return text[vocative.end() :]
    return text


def _asserted(question: str, language: Language) -> str:
    """Return what a question states on its way ("花生过敏，能吃什么？"), or ""."""
    if language.tag.search(question):
        head = language.tag.sub("", question)
        return "" if language.asked.search(head) else head
    clauses = list(_CLAUSE.finditer(question))
    while clauses:
        head = question[: clauses.pop().start()]
        if not language.asked.search(head) and not language.conditional.search(head):
            return head if language.personal.search(head) and _length(head) >= language.shortest else ""
    return ""


def _tells(text: str, context: Context, language: Language) -> bool:
    length = _length(text)
    if not length:
        return False
    if language.comment.search(text):
        bare = language.comment.sub("", text)
        return bool(language.personal.search(bare)) and _length(bare) >= language.shortest
    if context.answers and (length > 1 or any(char.isdigit() for char in text)):
        return True
    if language.personal.search(text):
        return length >= language.shortest
    if language.factual.search(text):
        return length >= language.short
    return length >= language.long


def _length(text: str) -> int:
    """Count letters; a Latin word or a number counts as two."""
    east_asian = len(HAN.findall(text)) + len(KANA.findall(text))
    others = re.findall(r"[A-Za-z0-9\uff10-\uff5a]+", text)
    return east_asian + 2 * len(others) if _LETTERS.search(text) else 0
