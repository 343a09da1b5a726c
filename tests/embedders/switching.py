"""What tests of a change of the embedder share."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import Project
from memories.models import EmbedderChange, Memory
from memories.recall.types import Recall
from memories.services.changes import Actor
from memories.services.embedders import changing
from providers.embedded import EmbeddedEmbedder
from tests.providers.wire import OpenAIWire

OLD, NEW = EmbeddedEmbedder.name, "wire"
ME = Actor(label="a test")
Switch = Callable[..., OpenAIWire]
Ask = Callable[[str], Recall]


def by_meaning(recall: Recall) -> set[Memory]:
    return {hit.memory for hit in recall.hits if "semantic" in hit.signals}


def sizes(memory: Memory) -> list[int]:
    return sorted(len(vector.embedding) for vector in memory.vectors.all())


def worked(change: EmbedderChange) -> EmbedderChange:
    changing.work(change.pk)
    change.refresh_from_db()
    return change


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)
