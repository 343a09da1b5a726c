"""Words recognised by a keyed hash, so that nothing has to be kept to see that it is gone."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from uuid import UUID

from django.conf import settings

from memories.models import Memory, MemoryVersion, Tombstone
from memories.models.entities import NamedScope


def fingerprint(project_id: UUID, words: str) -> str:
    """Return the hash of `words` in one project: BLAKE2b (RFC 7693) keyed with SECRET_KEY.

    Case, width and the spaces around don't count. Without the key, nobody can try words until one fits.
    """
    plain = unicodedata.normalize("NFKC", words).casefold().strip()
    return hashlib.blake2b(plain.encode(), key=_key(settings.SECRET_KEY, project_id), digest_size=32).hexdigest()


@lru_cache(maxsize=1024)
def _key(secret: str, project_id: UUID) -> bytes:
    return hashlib.blake2b(f"memoryhub.erasure/{project_id}".encode(), key=secret.encode()[:64]).digest()


def mark_memories(memories: Iterable[Memory]) -> None:
    """Write the tombstones of memories that are about to be purged: of their words, and those of their versions."""
    found = {memory.pk: memory for memory in memories}
    said = {(pk, memory.text) for pk, memory in found.items()}
    said |= set(MemoryVersion.objects.filter(memory__in=list(found)).values_list("memory_id", "text"))
    Tombstone.objects.bulk_create(
        (_tombstone(found[pk].project_id, Tombstone.Kind.MEMORY, pk, text) for pk, text in sorted(said)),
        batch_size=1000,
    )


def mark_name(entity: NamedScope) -> Tombstone:
    """Write the tombstone of a name that is about to be erased."""
    stone = _tombstone(entity.project_id, Tombstone.Kind.NAME, entity.pk, entity.name)
    stone.save()
    return stone


def _tombstone(project_id: UUID, kind: Tombstone.Kind, object_id: UUID, words: str) -> Tombstone:
    return Tombstone(project_id=project_id, kind=kind, object_id=object_id, digest=fingerprint(project_id, words))
