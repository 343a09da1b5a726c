"""The extractor for a server without a language model: it keeps what people say about themselves, word for word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from memories.extraction import cjk, spaced
from memories.extraction.categories import categorize
from memories.extraction.chinese import CHINESE
from memories.extraction.context import Context, Verdict
from memories.extraction.foreign import own_words
from memories.extraction.japanese import JAPANESE
from memories.extraction.script import dominant_script
from memories.extraction.sentences import LONGEST, Span, pieces, sentences
from memories.extraction.types import Extraction, ExtractionRequest, Statement, Turn

_IGNORED = re.compile(r"[\W_]+")
# An answer follows the question at once; what is said later in the turn must stand on its own.
_ANSWERING = 2


class VerbatimExtractor:
    """Keeps each informative statement of a user as it was said, in whatever language; never calls anything.

    A statement is one sentence, or several of the same message that are understood only together.
    """

    name = "verbatim"

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
                        found = categorize(text, request.categories)
                        statements.append(Statement(text=text, evidence=(turn.index,), categories=found))
            before = turn
        return Extraction(statements=tuple(statements))


def _statements(text: str, context: Context) -> Iterator[str]:
    mask = own_words(text)
    previous: Span | None = None
    for span, leans in _kept(mask, context):
        if (
            previous
            and leans
            and not _IGNORED.sub("", mask[previous[1] : span[0]])
            and span[1] - previous[0] <= LONGEST
        ):
            previous = previous[0], span[1]
            continue
        if previous:
            yield text[slice(*previous)]
        previous = span
    if previous:
        yield text[slice(*previous)]


def _kept(mask: str, context: Context) -> Iterator[tuple[Span, bool]]:
    """Yield the informative sentences, and of each whether it leans on the one before it."""
    spans = (piece for span in sentences(mask) for piece in pieces(mask, span))
    for position, span in enumerate(spans):
        around = context if position < _ANSWERING else Context(names=context.names)
        verdict = _judge(mask[slice(*span)], around)
        if verdict.keep:
            yield span, verdict.leans


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
    """Return the speakers' names and what they are called for short, so that "Hey Mel!" greets one of them."""
    speakers = [speaker for speaker, _ in groupby(sorted(turn.speaker.casefold() for turn in turns)) if speaker]
    parts = {part for speaker in speakers for part in [speaker, *speaker.split()]}
    short = {part[:length] for part in parts if part.isascii() for length in range(3, len(part))}
    return frozenset(parts | short)


def _normalised(text: str) -> str:
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())
