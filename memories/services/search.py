"""Recall as a service: scope in, hits out, and a note of who read what."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Project
from accounts.principal import Principal
from memories.models import AccessLog
from memories.models.memory import MemoryQuerySet
from memories.recall.dense import Dense
from memories.recall.fusion import fuse, fused_score
from memories.recall.lexical import Lexical
from memories.recall.types import Candidate, Hit, Recall, Retriever
from memories.services.privacy import screen_text
from providers.errors import ProviderError

logger = logging.getLogger(__name__)
# Each retriever brings more than is asked for, so that what several rank middling can still come first.
POOL = 4
POOL_MINIMUM = 50
# The cosine from which all-MiniLM-L6-v2 and models like it speak of the same thing.
NEAR = 0.35
# Somebody who pauses longer between two letters has read what they found.
TYPING = timedelta(seconds=5)


@cache
def retrievers() -> tuple[Retriever, ...]:
    """Return one instance of each class that settings.RETRIEVERS lists."""
    return tuple(import_string(path)() for path in settings.RETRIEVERS)


def search(
    *,
    principal: Principal,
    project: Project,
    scope: MemoryQuerySet,
    query: str,
    limit: int = 10,
    threshold: float = 0.0,
    by_words: bool = True,
    relevant_only: bool = False,
    while_typing: bool = False,
) -> Recall:
    """Return the memories of `scope` that answer `query`, best first, with their score breakdown.

    `scope` is already narrowed to what the principal may see and to active memories. Hits below `threshold`
    (of the fused score, 0..1) are left out; with `relevant_only`, also those that share no word with the query
    and aren't near it in meaning. Without `by_words` only meaning counts. The read is logged; with `while_typing`
    it replaces the entry of the shorter query it grew from. Raises ProviderError when no retriever works.
    """
    chosen = [retriever for retriever in retrievers() if by_words or retriever.name != Lexical.name]
    recall = _recall(scope, query, limit, chosen)
    recall.hits = [hit for hit in recall.hits if hit.score >= threshold and (_is_relevant(hit) or not relevant_only)]
    _log(principal, project, query, recall, while_typing=while_typing)
    return recall


def _is_relevant(hit: Hit) -> bool:
    nearness = hit.signals.get(Dense.name)
    return Lexical.name in hit.signals or (nearness is not None and nearness.score >= NEAR)


def _recall(scope: MemoryQuerySet, query: str, limit: int, chosen: Sequence[Retriever]) -> Recall:
    rankings: dict[str, list[Candidate]] = {}
    warnings: list[str] = []
    failure: ProviderError | None = None
    for retriever in chosen:
        try:
            rankings[retriever.name] = retriever.retrieve(query, scope, max(limit * POOL, POOL_MINIMUM))
        except ProviderError as error:
            logger.warning("Retriever %s failed: %s", retriever.name, error)
            warnings.append(f"Searched without {retriever.name}: {error}")
            failure = error
    if failure is not None and not rankings:
        raise failure
    best = list(fuse(rankings).items())[:limit]
    memories = scope.with_scope().in_bulk([memory_id for memory_id, _signals in best])
    hits = [
        Hit(memory=memories[memory_id], score=fused_score(signals), signals=signals)
        for memory_id, signals in best
        if memory_id in memories
    ]
    return Recall(hits=hits, warnings=warnings)


def _log(principal: Principal, project: Project, query: str, recall: Recall, *, while_typing: bool) -> None:
    with transaction.atomic():
        # A read must not wait for the disk; a crash may cost the last moments of this log, never a memory.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        if while_typing:
            _drop_beginning_of(query, principal, project)
        AccessLog.objects.create(
            project=project,
            reader=principal.label,
            query=screen_text(project, query),
            memory_ids=[hit.memory.pk for hit in recall.hits],
        )


def _drop_beginning_of(query: str, principal: Principal, project: Project) -> None:
    """Remove the reader's last entry if it is what they had typed of `query` (or of a longer one) moments ago."""
    since = timezone.now() - TYPING
    recent = AccessLog.objects.in_project(project).filter(reader=principal.label, created_at__gt=since)
    last = recent.order_by("-pk").first()
    if last is not None and (query.startswith(last.query) or last.query.startswith(query)):
        last.delete()
