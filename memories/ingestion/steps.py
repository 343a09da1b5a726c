"""Steps that settings.INGESTION lists. Each takes the work so far and may call a model; none writes memories."""

from __future__ import annotations

from memories.extraction.types import ExtractionRequest, Statement, Turn
from memories.ingestion.options import local
from memories.ingestion.wishes import wishes
from memories.ingestion.work import Ingestion
from memories.models import Message
from memories.providers import get_embedder, get_extractor

VERBATIM = "as sent"


def extract(work: Ingestion) -> None:
    """Fill in `statements`: what a reader finds in the messages, or the messages themselves if so asked."""
    if not work.event.infer:
        said = zip(work.messages, work.texts, strict=True)
        kept = [(i, text) for i, (m, text) in enumerate(said) if m.role != Message.Role.SYSTEM and text.strip()]
        work.statements = [Statement(text=text, evidence=(i,)) for i, text in kept]
        work.extractor = VERBATIM
        return
    extractor = get_extractor()
    extraction = extractor.extract(_request(work))
    work.statements = list(extraction.statements)
    work.refusals = list(extraction.refusals)
    work.usage += extraction.usage
    work.extractor = extractor.name


def embed(work: Ingestion) -> None:
    """Fill in `vectors`, in one batch."""
    embedder = get_embedder()
    work.embedder = embedder.name
    if work.statements:
        work.vectors = embedder.embed([statement.text for statement in work.statements])


def _request(work: Ingestion) -> ExtractionRequest:
    turns = [
        Turn(
            i,
            role=message.role,
            text=text,
            speaker=message.speaker,
            said_at=local(message.said_at, work.event),
            attached=i in work.attached,
        )
        for i, (message, text) in enumerate(zip(work.messages, work.texts, strict=True))
    ]
    return ExtractionRequest(turns=turns, **wishes(work.event))
