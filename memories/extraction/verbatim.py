"""The extractor for a server without a language model: it keeps what people say, word for word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from memories.extraction import cjk, spaced
from memories.extraction.about import about
from memories.extraction.categories import categorize
from memories.extraction.chinese import CHINESE
from memories.extraction.context import Context, Verdict
from memories.extraction.foreign import own_words
from memories.extraction.japanese import JAPANESE
from memories.extraction.script import dominant_script
from memories.extraction.sentences import LONGEST, Span, pieces, sentences
from memories.extraction.types import LONGEST_NAME, Extraction, ExtractionRequest, Statement, Turn

_IGNORED = re.compile(r"[\W_]+")
# An answer follows the question at once; what is said later in the turn must stand on its own.
_ANSWERING = 2


class VerbatimExtractor:
    """Keeps each informative statement of a user as it was said, in whatever language; never calls anything.

    A statement is one sentence, or several of the same message that are understood only together.
    """

    name = "verbatim"
    prompt_version = ""
    compares = False

    def extract(self, request: ExtractionRequest) -> Extraction:
        """Return the statements of `request`'s user turns, each a substring of its turn and each once."""
        names = _names(request.turns)
        seen: set[str] = set()
        statements: list[Statement] = []
        before: Turn | None = None
        for turn in request.turns:
            if turn.role == "user":
                context = Context(answers=before is not None and _asks(before.text), names=names)
                for text in _statements(turn.text, context):
                    key = _normalised(text)
                    if key not in seen:
                        seen.add(key)
                        statements.append(_statement(text, turn, request))
            before = turn
        return Extraction(statements=tuple(statements))


def _statement(text: str, turn: Turn, request: ExtractionRequest) -> Statement:
    found = categorize(text, request.categories)
    return Statement(
        text=text, evidence=(turn.index,), categories=found, speaker=turn.speaker[:LONGEST_NAME], about=about(text)
    )


def _statements(text: str, context: Context) -> Iterator[str]:
    mask = own_words(text)
    current: Span | None = None
    for span, verdict in _judged(mask, context):
        if current and verdict.leans and _joins(mask, current, span):
            current = current[0], span[1]
        elif verdict.keep:
            if current:
                yield text[slice(*current)]
            current = span
    if current:
        yield text[slice(*current)]


def _joins(mask: str, first: Span, second: Span) -> bool:
    """Tell whether nothing was dropped between the two, and they are not too long together."""
    return not _IGNORED.sub("", mask[first[1] : second[0]]) and second[1] - first[0] <= LONGEST


def _judged(mask: str, context: Context) -> Iterator[tuple[Span, Verdict]]:
    spans = (piece for span in sentences(mask) for piece in pieces(mask, span))
    for position, span in enumerate(spans):
        around = context if position < _ANSWERING else Context(names=context.names)
        yield span, _judge(mask[slice(*span)], around)


def _judge(sentence: str, context: Context) -> Verdict:
    match dominant_script(sentence):
        case "japanese":
            return cjk.judge(sentence, context, JAPANESE)
        case "chinese":
            return cjk.judge(sentence, context, CHINESE)
        case _:
            return spaced.judge(sentence, context)


def _asks(text: str) -> bool:
    return bool(re.search(r"[?？][^\w]*\Z|(?:ですか|ますか|[吗嗎呢])[。.\s]*\Z", text[-80:]))


def _names(turns: Sequence[Turn]) -> frozenset[str]:
    """Return the speakers' names and what they are called for short: "Hey Mel!" greets Melanie."""
    speakers = {turn.speaker.casefold() for turn in turns if turn.speaker}
    parts = {part for speaker in speakers for part in [speaker, *speaker.split()]}
    short = {part[:length] for part in parts if part.isascii() for length in range(3, len(part))}
    return frozenset(parts | short)


def _normalised(text: str) -> str:
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())
