"""What is never to be remembered again, embedded by the embedder that its project uses."""

from __future__ import annotations

from uuid import UUID

from memories.models import Suppression
from memories.providers import get_embedder

BATCH = 64


def embed_suppressions(project_id: UUID, embedder: str) -> None:
    """Embed the project's suppressions that have another embedder's vector; raises ProviderError."""
    while rows := list(Suppression.objects.filter(project=project_id).exclude(embedder=embedder)[:BATCH]):
        vectors = get_embedder(embedder).embed([row.text for row in rows])
        for row, vector in zip(rows, vectors, strict=True):
            row.embedder, row.embedding = embedder, vector
        Suppression.objects.bulk_update(rows, ["embedder", "embedding"])
