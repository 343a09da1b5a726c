"""Checking what a language model offers against the turns that it cites."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from memories.extraction.foreign import is_prompt_like
from memories.extraction.script import HAN, KANA, dominant_script
from memories.extraction.spaced_words import FUNCTION
from memories.extraction.types import ExtractionRequest, Refusal, Statement, Turn

LONGEST = 1000

_WORD = re.compile(r"[^\W_]+")
_CHARACTERS = re.compile(r"[^\W_]")
_STEM = 5
_RUN = 6
_ONLY_CHINESE = re.compile("[我你您她吗嗎呢吧们們这這么麼没沒很还還给給妈媽爸]")
_CONFIRMS = re.compile(
    r"\W*(?:yes|yeah|yep|yup|right|correct|exactly|true|indeed|sure|of course|i do|i am|i did"
    r"|that'?s (?:right|true|it)"
    r"|はい|うん|ええ|そう|その通り|合って|是|对|對|没错|嗯|好的|ja|genau|stimmt|s[ií]|oui|exact|да|верно|네|응|맞아)(?![^\W\d_]{4})",
    re.IGNORECASE,
)


def validate(
    offered: Iterable[Mapping[str, Any]], request: ExtractionRequest, prompt: str
) -> tuple[tuple[Statement, ...], tuple[Refusal, ...]]:
    """Return the statements that hold, and a refusal with its reason for each that does not.

    `offered` matches `prompt.SCHEMA`; `prompt` is the system prompt, which must not come back as a memory.
    """
    turns = {turn.index: turn for turn in request.turns}
    asked = _runs(prompt)
    seen: set[str] = set()
    statements: list[Statement] = []
    refusals: list[Refusal] = []
    for item in offered:
        text = item["text"].strip()
        key = "".join(_CHARACTERS.findall(_folded(text)))
        reason = _objection(text, item["evidence"], turns, asked)
        if not reason and key in seen:
            reason = "It repeats a statement made before."
        if reason:
            refusals.append(Refusal(text=text, reason=reason))
            continue
        seen.add(key)
        statements.append(_statement(text, item, request))
    return tuple(statements), tuple(refusals)


def _statement(text: str, item: Mapping[str, Any], request: ExtractionRequest) -> Statement:
    known = tuple(dict.fromkeys(name for name in item["categories"] if name in request.categories))
    evidence = tuple(sorted(set(item["evidence"])))
    confidence = min(1.0, max(0.0, float(item["confidence"])))
    return Statement(text=text, evidence=evidence, categories=known, confidence=confidence)


def _objection(text: str, evidence: Sequence[int], turns: Mapping[int, Turn], asked: set[str]) -> str:
    if not _CHARACTERS.search(text):
        return "It is empty."
    if len(text) > LONGEST:
        return f"It is longer than {LONGEST} characters."
    if not evidence:
        return "It cites no message."
    unknown = sorted(index for index in set(evidence) if index not in turns)
    if unknown:
        return f"It cites messages that do not exist: {', '.join(map(str, unknown))}."
    cited = [turns[index] for index in sorted(set(evidence))]
    said = [turn for turn in cited if turn.role == "user"]
    if not said:
        return "It rests only on what an assistant or the system said."
    if is_prompt_like(text) or _restates(text, asked):
        return "It repeats instructions rather than something said by a person."
    if not _same_language(text, cited):
        return "It changed the language of the message."
    if not _supported(text, said, cited):
        return "It shares no words with the message it cites."
    return ""


def _supported(text: str, said: Sequence[Turn], cited: Sequence[Turn]) -> bool:
    """A user's own words must support it, or a user's plain "yes" to somebody else's."""
    terms = _terms(text)
    if any(terms & _terms(turn.text) for turn in said):
        return True
    confirmed = any(_CONFIRMS.match(turn.text) for turn in said)
    return confirmed and any(terms & _terms(turn.text) for turn in cited)


def _same_language(text: str, cited: Sequence[Turn]) -> bool:
    script = dominant_script(text)
    scripts = {dominant_script(turn.text) for turn in cited}
    if script in scripts or not script:
        return True
    # Names and headlines in Japanese do without kana, and then only look Chinese.
    either = [text, *(turn.text for turn in cited)]
    east_asian = {script} | scripts <= {"japanese", "chinese"}
    return east_asian and any(not KANA.search(one) and not _ONLY_CHINESE.search(one) for one in either)


def _terms(text: str) -> set[str]:
    """Return the beginnings of words, and pairs of neighbouring characters where nobody writes spaces."""
    terms: set[str] = set()
    for word in _WORD.findall(_folded(text)):
        if KANA.search(word) or HAN.search(word):
            terms.update(word[i : i + 2] for i in range(max(1, len(word) - 1)))
        elif word not in FUNCTION and (len(word) > 1 or word.isdigit()):
            terms.add(word[:_STEM])
    return terms


def _restates(text: str, asked: set[str]) -> bool:
    runs = _runs(text)
    return bool(runs) and len(runs & asked) * 2 > len(runs)


def _runs(text: str) -> set[str]:
    """Return every run of `_RUN` words: people do not share those with a prompt by accident."""
    words = _WORD.findall(_folded(text))
    return {" ".join(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
