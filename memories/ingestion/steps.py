"""Steps that settings.INGESTION lists. Each takes the work so far and may call a model; none writes memories."""

from __future__ import annotations

from memories.embedding import embed_texts
from memories.extraction.batches import shortened
from memories.extraction.types import ExtractionRequest, Known, Statement, Turn
from memories.ingestion.connections import release
from memories.ingestion.options import local
from memories.ingestion.wishes import wishes
from memories.ingestion.work import Ingestion
from memories.models import Event, Message
from memories.providers import calls_network, get_extractor

VERBATIM = "as sent"


def extract(work: Ingestion) -> None:
    """Fill in `statements`: what a reader finds in the messages, or the messages themselves if so asked."""
    if not work.event.infer:
        said = zip(work.messages, work.texts, strict=True)
        kept = [(i, m, text) for i, (m, text) in enumerate(said) if m.role != Message.Role.SYSTEM and text.strip()]
        work.statements = [Statement(text=text, evidence=(i,), speaker=m.speaker) for i, m, text in kept]
        work.extractor = VERBATIM
        return
    extractor = get_extractor()
    extraction = extractor.extract(_request(work))
    work.statements = list(extraction.statements)
    work.refusals = list(extraction.refusals)
    work.usage += extraction.usage
    work.extractor = extractor.name
    work.prompt_version = extractor.prompt_version
    work.compared = extractor.compares


def embed(work: Ingestion) -> None:
    """Fill in `vectors`, in one batch, and those by the embedder that the project changes to."""
    project = work.event.project
    if work.event.infer:
        # The reader took its time; the project may use another embedder by now.
        project.refresh_from_db(fields=["embedder", "next_embedder"])
        if calls_network():
            release()
    vectors = embed_texts(project, [statement.text for statement in work.statements])
    work.embedder, work.next_embedder, work.next_vectors = (
        vectors.embedder,
        vectors.next_embedder,
        vectors.next_by_text,
    )
    work.vectors = [vectors.by_text[statement.text] for statement in work.statements]


def _request(work: Ingestion) -> ExtractionRequest:
    event = work.event
    turns = [
        _turn(i, message, event, text=text, attached=i in work.attached)
        for i, (message, text) in enumerate(zip(work.messages, work.texts, strict=True))
    ]
    return ExtractionRequest(
        turns=turns,
        # Without a number of their own, for they can't be cited.
        earlier=[shortened(_turn(-1, message, event, text=message.text)) for message in work.earlier],
        known=[Known(ref, memory.text, local(memory.said_at, event)) for ref, memory in work.known.items()],
        date=local(event.said_at, event),
        zone=event.options.get("timezone") or "",
        **wishes(event),
    )


def _turn(index: int, message: Message, event: Event, *, text: str, attached: bool = False) -> Turn:
    return Turn(
        index,
        role=message.role,
        text=text,
        speaker=message.speaker,
        said_at=local(message.said_at, event),
        attached=attached,
    )
