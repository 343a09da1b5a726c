"""Recall as a service: scope in, hits out, and a note of who read what."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache, partial
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Project
from accounts.prepared import Prepared
from accounts.principal import Principal
from memories.models import AccessLog, Memory
from memories.models.memory import MemoryQuerySet
from memories.recall.combining import combined
from memories.recall.dense import Dense
from memories.recall.fusion import fuse
from memories.recall.lexical import Lexical
from memories.recall.pool import Pool, gather
from memories.recall.question import read_question
from memories.recall.scope import Scope
from memories.recall.types import Boost, Candidate, Hit, Recall, Retriever, Signal
from memories.services.inserting import insert
from memories.services.privacy import screen_text
from memories.services.reranking import NO_RERANKER, read_by_reranker, reranked
from memories.services.rewriting import rewritten
from providers.errors import ProviderError

logger = logging.getLogger(__name__)
# Each retriever brings more than is asked for, so that what several rank middling can still come first, and so
# that a candidate's neighbours are there. docs/quality.md has what fewer cost.
POOL = 4
POOL_MINIMUM = 400
# The cosine from which all-MiniLM-L6-v2 and models like it speak of the same thing.
NEAR = 0.35
# Somebody who pauses longer between two letters has read what they found.
TYPING = timedelta(seconds=5)
# Up to so many memories are fetched by a query that is kept for their number.
PREPARED = 50


@cache
def retrievers() -> tuple[Retriever, ...]:
    """Return one instance of each class that settings.RETRIEVERS lists."""
    return tuple(import_string(path)() for path in settings.RETRIEVERS)


@cache
def boosts() -> tuple[Boost, ...]:
    """Return one instance of each class that settings.BOOSTS lists."""
    return tuple(import_string(path)() for path in settings.BOOSTS)


def search(
    *,
    principal: Principal,
    project: Project,
    scope: MemoryQuerySet | Scope,
    query: str,
    limit: int = 10,
    threshold: float = 0.0,
    by_words: bool = True,
    relevant_only: bool = False,
    while_typing: bool = False,
    today: date | None = None,
    rerank: bool | None = None,
    rewrite: bool | None = None,
) -> Recall:
    """Return the memories of `scope` that answer `query`, best first, with their score breakdown.

    `scope` is already narrowed to what the principal may see and to active memories. Hits below `threshold`
    (of the fused score, 0..1) are left out; with `relevant_only`, also those that share no word with the query
    and aren't near it in meaning. Without `by_words` words don't count. "Last summer" is read as of `today`. With
    `rerank` a model that is configured for it sets the order, and with `rewrite` one looks for other words, too;
    None leaves either to the settings. The read is logged; with `while_typing` it replaces the entry of the shorter
    query it grew from, and neither model is asked. Raises ProviderError when no retriever works.
    """
    queries, unwritten = rewritten(project, query, False if while_typing else rewrite)
    candidates = 0 if while_typing else read_by_reranker(rerank)
    wanted = max(limit, candidates)
    ask = partial(
        _found,
        scope if isinstance(scope, Scope) else Scope(scope),
        limit=wanted,
        by_words=by_words,
        today=today,
        threshold=threshold,
        relevant_only=relevant_only,
        embedder=project.embedder,
    )
    found = combined([ask(query=each) for each in queries], wanted)
    found.warnings += unwritten
    if candidates:
        found = reranked(project, query, found, candidates=candidates, limit=limit)
    elif rerank:
        found.warnings.append(NO_RERANKER)
    _log(principal, project, query, found, while_typing=while_typing)
    return found


def recall(*, scope: MemoryQuerySet, query: str, limit: int, embedder: str = "") -> Recall:
    """Return what `search` finds, for the product's own use: nobody reads it, so nothing is logged.

    `embedder` is the one that the scope's project uses.
    """
    return _found(scope, query, limit, embedder=embedder)


def _found(
    scope: MemoryQuerySet | Scope,
    query: str,
    limit: int,
    *,
    by_words: bool = True,
    today: date | None = None,
    threshold: float = 0.0,
    relevant_only: bool = False,
    embedder: str = "",
) -> Recall:
    seen = scope if isinstance(scope, Scope) else Scope(scope)
    pool, warnings = consult(seen, query, limit, by_words=by_words, today=today, embedder=embedder)
    ranking = fuse(pool, retrievers(), boosts())
    relevant = (pk for pk in ranking.ids if not relevant_only or _is_relevant(ranking.signals(pk)))
    best = [pk for pk in islice(relevant, limit) if ranking.score(pk) >= threshold]
    memories = _fetched(best)
    hits = [Hit(memories[pk], ranking.score(pk), ranking.signals(pk)) for pk in best if pk in memories]
    weights = {one.name: one.weight for one in retrievers()} | {one.name: one.weight for one in boosts()}
    return Recall(hits=hits, warnings=warnings, question=pool.question, weights=weights, queries=[query])


def _fetched(ids: Sequence[UUID]) -> dict[UUID, Memory]:
    """Return the memories with these ids, which the search's scope has let through a moment ago."""
    if not 0 < len(ids) <= PREPARED:
        return Memory.objects.with_scope().in_bulk(ids)
    found = _by_id(len(ids))(**{f"id{i}": pk for i, pk in enumerate(ids)})
    return {memory.pk: memory for memory in found}


@lru_cache
def _by_id(count: int) -> Prepared[Memory]:
    def build(**ids: UUID) -> MemoryQuerySet:
        return Memory.objects.filter(pk__in=list(ids.values())).with_scope().defer("lexemes", "context").order_by()

    return Prepared(build, {f"id{i}": UUID for i in range(count)})


def _is_relevant(signals: Mapping[str, Signal]) -> bool:
    nearness = signals.get(Dense.name)
    return Lexical.name in signals or (nearness is not None and nearness.score >= NEAR)


def consult(
    scope: Scope,
    query: str,
    limit: int,
    *,
    by_words: bool = True,
    today: date | None = None,
    embedder: str = "",
) -> tuple[Pool, list[str]]:
    """Return the candidates of every retriever, and in words which of them failed; ProviderError if none works."""
    today = today or timezone.now().date()
    question = read_question(query, scope, today=today, by_words=by_words, embedder=embedder)
    rankings: dict[str, list[Candidate]] = {}
    warnings: list[str] = []
    failure: ProviderError | None = None
    size = max(limit * POOL, POOL_MINIMUM)
    for retriever in retrievers():
        try:
            rankings[retriever.name] = retriever.retrieve(question, scope, size)
        except ProviderError as error:
            logger.warning("Retriever %s failed: %s", retriever.name, error)
            warnings.append(f"Searched without {retriever.name}: {error}")
            failure = error
    if failure is not None and not rankings:
        raise failure
    return gather(question, scope, rankings, size), warnings


def _log(principal: Principal, project: Project, query: str, recall: Recall, *, while_typing: bool) -> None:
    with transaction.atomic():
        # A read must not wait for the disk; a crash may cost the last moments of this log, never a memory.
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit TO off")
        if while_typing:
            _drop_beginning_of(query, principal, project)
        entry = AccessLog(
            project=project,
            reader=principal.label,
            query=screen_text(project, query),
            memory_ids=[hit.memory.pk for hit in recall.hits],
        )
        insert([entry])


def _drop_beginning_of(query: str, principal: Principal, project: Project) -> None:
    """Remove the reader's last entry if it is what they had typed of `query` (or of a longer one) moments ago."""
    since = timezone.now() - TYPING
    recent = AccessLog.objects.in_project(project).filter(reader=principal.label, created_at__gt=since)
    last = recent.order_by("-pk").first()
    if last is not None and (query.startswith(last.query) or last.query.startswith(query)):
        last.delete()
