"""Short ways to ask an extractor."""

from memories.extraction.types import Extraction, ExtractionRequest, Turn
from memories.extraction.verbatim import VerbatimExtractor


def user(text: str, index: int = 0, speaker: str = "") -> Turn:
    return Turn(index=index, role="user", text=text, speaker=speaker)


def assistant(text: str, index: int = 0) -> Turn:
    return Turn(index=index, role="assistant", text=text, speaker="assistant")


def extract(*turns: Turn) -> Extraction:
    return VerbatimExtractor().extract(ExtractionRequest(turns=turns))


def kept(text: str) -> list[str]:
    """What is kept of one message of a user."""
    return [statement.text for statement in extract(user(text)).statements]
