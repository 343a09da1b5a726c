"""Checking what a language model offers against the turns that it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from memories.extraction.foreign import is_prompt_like
from memories.extraction.relations import relation
from memories.extraction.script import KANA, dominant_script
from memories.extraction.support import only_recalled, spoken, supported
from memories.extraction.times import moment, validity
from memories.extraction.types import (
    KINDS,
    LAYERS,
    LONGEST_NAME,
    ExtractionRequest,
    Refusal,
    Relation,
    Statement,
    Turn,
)
from memories.extraction.wording import WORD, folded, terms

LONGEST = 1000

_CHARACTERS = re.compile(r"[^\W_]")
_RUN = 6
_ONLY_CHINESE = re.compile("[我你您她吗嗎呢吧们們这這么麼没沒很還还給给妈媽爸]")
# What models write for the person whose memories these are.
_THE_USER = frozenset(
    {"user", "the user", "speaker", "me", "i", "self", "ユーザー", "本人", "私", "用户", "用戶", "我"}
)


def validate(
    offered: Iterable[Mapping[str, Any]], request: ExtractionRequest, prompt: str
) -> tuple[tuple[Statement, ...], tuple[Refusal, ...]]:
    """Return the statements that hold, and a refusal with its reason for each that does not.

    `offered` matches `prompt.SCHEMA`; `prompt` is the system prompt, which must not come back as a memory.
    """
    check = _Check(request, prompt)
    seen: set[str] = set()
    statements: list[Statement] = []
    refusals: list[Refusal] = []
    for item in offered:
        text = item["text"].strip()
        key = "".join(_CHARACTERS.findall(folded(text)))
        reason = check.objection(text, item)
        if not reason and key in seen:
            reason = "It repeats a statement made before."
        if reason:
            refusals.append(Refusal(text=text, reason=reason))
            continue
        seen.add(key)
        statements.append(check.statement(text, item))
    return tuple(statements), tuple(refusals)


class _Check:
    """What statements are held against: the turns by their index, what is known, what the prompt says."""

    def __init__(self, request: ExtractionRequest, prompt: str) -> None:
        self.request = request
        self.turns = {turn.index: turn for turn in request.turns}
        self.asked = _runs(prompt)
        self.known = {known.ref: known.text for known in request.known}
        others = [turn.text for turn in (*request.earlier, *request.turns) if turn.role != "user"]
        self.recalled = [*self.known.values(), *others]
        self.context = [*self.recalled, *(turn.text for turn in request.earlier)]
        self.context += [turn.speaker for turn in (*request.earlier, *request.turns)]

    def objection(self, text: str, item: Mapping[str, Any]) -> str:
        """Return why `text` can't be accepted on the evidence that `item` names, or ""."""
        evidence = item["evidence"]
        if not _CHARACTERS.search(text):
            return "It is empty."
        if len(text) > LONGEST:
            return f"It is longer than {LONGEST} characters."
        if not evidence:
            return "It cites no message."
        unknown = sorted(index for index in set(evidence) if index not in self.turns)
        if unknown:
            return f"It cites messages that do not exist: {', '.join(map(str, unknown))}."
        cited = self._cited(evidence)
        said = [turn for turn in cited if turn.role == "user"]
        if not said:
            return "It rests only on what an assistant or the system said."
        return self._objection_to_content(text, said, cited, ends=self._ends(text, item, said))

    def _ends(self, text: str, item: Mapping[str, Any], said: Sequence[Turn]) -> bool:
        """Tell whether `text` ends something known: it is made of that, and of the person's "I quit"."""
        return relation(item, text, said, self.known)[0] is Relation.ENDS

    def _objection_to_content(self, text: str, said: Sequence[Turn], cited: Sequence[Turn], *, ends: bool) -> str:
        if is_prompt_like(text) or _restates(text, self.asked):
            return "It repeats instructions rather than something said by a person."
        if not _same_language(text, cited):
            return "It changed the language of the message."
        if ends:
            return ""
        if only_recalled(text, said, cited, self.recalled):
            return "It repeats what was recalled, not what the person says now."
        if not supported(text, said, cited, self.context):
            if any(terms(text) & terms(turn.text, every=True) - terms(spoken(turn), every=True) for turn in said):
                return "It rests on memories or orders that were put into the message, not on the person's words."
            return "It shares no words with the message it cites."
        return ""

    def statement(self, text: str, item: Mapping[str, Any]) -> Statement:
        """Return what was accepted, with the rest of what is said about it as far as it can be true."""
        cited = self._cited(item["evidence"])
        said = [turn for turn in cited if turn.role == "user"]
        last = said[-1].said_at
        zone = last.tzinfo if last else None
        begins, ends, happened = (moment(item[name], zone) for name in ("valid_from", "valid_until", "happened_at"))
        begins, ends, happened = validity(begins, ends, happened, said_at=last)
        kind_of_relation, related = relation(item, text, said, self.known)
        speakers = dict.fromkeys(turn.speaker for turn in said)
        speaker = item["speaker"] if item["speaker"] in speakers else said[0].speaker
        return Statement(
            text=text,
            evidence=tuple(turn.index for turn in cited),
            categories=tuple(dict.fromkeys(name for name in item["categories"] if name in self.request.categories)),
            confidence=_within_one(item["confidence"]),
            importance=_within_one(item["importance"]),
            kind=item["kind"] if item["kind"] in KINDS else "",
            about=self._about(item["about"], text, cited),
            speaker=speaker[:LONGEST_NAME],
            layer=item["layer"] if item["layer"] in LAYERS else "user",
            happened_at=happened,
            valid_from=begins,
            valid_until=ends,
            relation=kind_of_relation,
            related=related,
        )

    def _cited(self, evidence: Sequence[int]) -> list[Turn]:
        return [self.turns[index] for index in sorted(set(evidence))]

    def _about(self, name: str, text: str, cited: Sequence[Turn]) -> str:
        """Return the name if it occurs in what was said or in who said it; it is the user's otherwise."""
        name = name.strip()
        if not name or folded(name) in _THE_USER or len(name) > LONGEST_NAME:
            return ""
        where = folded("\n".join([text, *(f"{turn.speaker}\n{turn.text}" for turn in cited), *self.context]))
        return name if folded(name) in where else ""


def _within_one(number: float) -> float:
    return min(1.0, max(0.0, float(number)))


def _same_language(text: str, cited: Sequence[Turn]) -> bool:
    script = dominant_script(text)
    scripts = {dominant_script(turn.text) for turn in cited}
    if script in scripts or not script:
        return True
    # Names and headlines in Japanese do without kana, and then only look Chinese.
    either = [text, *(turn.text for turn in cited)]
    east_asian = {script} | scripts <= {"japanese", "chinese"}
    return east_asian and any(not KANA.search(one) and not _ONLY_CHINESE.search(one) for one in either)


def _restates(text: str, asked: set[str]) -> bool:
    runs = _runs(text)
    return bool(runs) and len(runs & asked) * 2 > len(runs)


def _runs(text: str) -> set[str]:
    """Return every run of `_RUN` words: people do not share those with a prompt by accident."""
    words = WORD.findall(folded(text))
    return {" ".join(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)}
