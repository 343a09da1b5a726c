"""Is a sentence worth keeping? For languages with spaces between words, English first."""

from __future__ import annotations

import re

from memories.extraction import spaced_patterns as patterns
from memories.extraction.context import Context, Verdict
from memories.extraction.script import HANGUL, URL
from memories.extraction.spaced_words import EMPTY


def judge(sentence: str, context: Context) -> Verdict:
    """Decide over one sentence."""
    text = URL.sub(" ", sentence).replace("’", "'").strip(" \t\"'“”*_~#-–—:")
    if not patterns.WORD.search(text):
        return Verdict(keep=context.answers and any(char.isdigit() for char in text))
    leans = bool(patterns.LEANS.match(text))
    lasting = bool(patterns.LASTING.search(text))
    text = _without_openers(text, context.names)
    if patterns.REQUEST.match(text) or patterns.KOREAN_REQUEST.search(text):
        asserted = _asserted(text) if patterns.ASKED.search(text) else ""
        return Verdict(keep=lasting or _tells(asserted, context))
    if _is_question(text):
        text = _asserted(text)
    return Verdict(keep=_tells(text, context), leans=leans and bool(_content(text, context)))


def _is_question(text: str) -> bool:
    if HANGUL.search(text) and patterns.KOREAN_QUESTION.search(text):
        return True
    return bool(patterns.ASKED.search(text) or patterns.ASKS.match(text))


def _without_openers(text: str, names: frozenset[str]) -> str:
    """Strip leading "Wow, Caroline! " and the like, so that rules about beginnings see the real one."""
    for opener in re.finditer(r"([^,!.;:]*)[,!.;:]\s+", text):
        words = patterns.WORD.findall(opener[1].casefold())
        if len(words) > 4 or any(word not in EMPTY and word not in names for word in words):
            return text[opener.start() :]
        rest = text[opener.end() :]
        if not patterns.WORD.search(rest):
            break
    else:
        ends = [opener.end() for opener in re.finditer(r"[,!.;:]\s+", text)]
        return text[ends[-1] :] if ends else text
    return text


def _asserted(question: str) -> str:
    """Return what a question states on its way ("I'm allergic to nuts, what can I eat?"), or ""."""
    for clause in reversed(list(patterns.CLAUSE.finditer(question))):
        head, tail = question[: clause.start()], question[clause.end() :]
        if patterns.ASKS.match(head) or patterns.CONDITIONAL.match(head):
            continue
        if patterns.TAG.match(tail) or (_asks_or_requests(tail) and _states_first(head)):
            return head
    return ""


def _asks_or_requests(tail: str) -> bool:
    return bool(patterns.ASKS.match(tail) or patterns.REQUEST.match(tail) or patterns.ASKED.search(tail))


def _states_first(head: str) -> bool:
    return bool(patterns.FIRST_PERSON.search(head)) and len(patterns.WORD.findall(head)) > 2


def _tells(text: str, context: Context) -> bool:
    if (introduced := patterns.INTRODUCTION.match(text)) and introduced[1].casefold() not in EMPTY:
        return True
    content = _content(text, context)
    if HANGUL.search(text):
        return len(content) >= (1 if context.answers else 2)
    if not content:
        counts = any(char.isdigit() for char in text)
        return counts and (context.answers or bool(patterns.FIRST_PERSON.match(text)))
    named = any(name[0].casefold() not in context.names | EMPTY for name in patterns.NAME.finditer(text))
    exact = named or any(char.isdigit() for char in text) or bool(patterns.KIN.search(text))
    listener = patterns.LISTENER.match(text)
    if listener:
        rest = text[listener.end() :]
        return exact or bool(patterns.FACT_ANYWAY.search(rest)) or bool(re.search(r"\bI\b", rest))
    return len(content) > 1 or exact or context.answers or bool(patterns.FIRST_PERSON.search(text))


def _content(text: str, context: Context) -> list[str]:
    words = [word.casefold() for word in patterns.WORD.findall(text)]
    return [word for word in words if word not in EMPTY and word not in context.names]
