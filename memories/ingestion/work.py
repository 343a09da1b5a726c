"""The state that the pipeline's steps pass along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from memories.extraction.types import Refusal, Statement, Usage
from memories.models import Event, Memory, MemoryVersion, Message
from memories.privacy.screening import Withheld, counted


@dataclass(slots=True)
class Ingestion:
    """One event on its way: each step reads what the earlier ones filled in and adds its own part.

    `texts[i]` is what message i says, with what was read in its attachments if i is in `attached`; `notes` tell
    a person what was not read and why; `withheld` counts what was kept back for privacy. `statements[i]` has the
    vector `vectors[i]` of `embedder`, and while the project changes its embedder, by text one of `next_embedder` in
    `next_vectors`; a statement's evidence are indices of `messages`. `earlier` and `known` are what
    the reader is told besides: `known` maps the reference that a statement may name as `related` to a memory.
    `versions` are those of the memories that were added.
    `compared` tells that it did judge so. `stored` is false while event and messages are not in the database yet:
    nothing is attached to them then, they have just been screened, and they are kept as they are.
    """

    event: Event
    messages: Sequence[Message]
    stored: bool = True
    texts: list[str] = field(init=False)
    attached: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    earlier: list[Message] = field(default_factory=list)
    known: dict[str, Memory] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    withheld: Withheld = field(init=False)
    usage: Usage = field(default_factory=Usage)
    extractor: str = ""
    prompt_version: str = ""
    compared: bool = False
    vectors: list[list[float]] = field(default_factory=list)
    embedder: str = ""
    versions: list[MemoryVersion] = field(default_factory=list)
    next_embedder: str = ""
    next_vectors: Mapping[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with what was said, and what of it was withheld before it was stored."""
        self.withheld = counted(self.event.withheld)
        self.texts = [message.text for message in self.messages]

    def vectors_of(self, index: int) -> dict[str, list[float]]:
        """Return the vectors of statement `index` by the names of their embedders."""
        beside = self.next_vectors.get(self.statements[index].text)
        return {self.embedder: self.vectors[index], **({self.next_embedder: beside} if beside else {})}
