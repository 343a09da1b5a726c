"""The steps that settings.INGESTION lists. Each takes the work so far and may call a model; none may write."""

from __future__ import annotations

from memories.extraction.types import ExtractionRequest, Statement, Turn
from memories.ingestion.wishes import wishes
from memories.ingestion.work import Ingestion
from memories.models import Message
from memories.providers import get_embedder, get_extractor

VERBATIM = "as sent"


def extract(work: Ingestion) -> None:
    """Fill in `statements`: what a reader finds in the messages, or the messages themselves if so asked."""
    if not work.event.infer:
        kept = [(i, m.text) for i, m in enumerate(work.messages) if m.role != Message.Role.SYSTEM and m.text.strip()]
        work.statements = [Statement(text=text, evidence=(i,)) for i, text in kept]
        work.extractor = VERBATIM
        return
    extractor = get_extractor()
    extraction = extractor.extract(_request(work))
    work.statements = list(extraction.statements)
    work.refusals = list(extraction.refusals)
    work.usage = extraction.usage
    work.extractor = extractor.name


def embed(work: Ingestion) -> None:
    """Fill in `vectors`, in one batch."""
    embedder = get_embedder()
    work.embedder = embedder.name
    if work.statements:
        work.vectors = embedder.embed([statement.text for statement in work.statements])


def _request(work: Ingestion) -> ExtractionRequest:
    turns = [
        Turn(index=i, role=m.role, text=m.text, speaker=m.speaker, said_at=m.said_at)
        for i, m in enumerate(work.messages)
    ]
    return ExtractionRequest(turns=turns, **wishes(work.event))
