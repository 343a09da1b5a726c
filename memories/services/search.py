"""Recall as a service: scope in, hits out, and a note of who read what."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache, partial
from typing import Any, TypeVar
from uuid import UUID

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Project
from accounts.principal import Principal
from memories.models import AccessLog
from memories.models.memory import MemoryQuerySet
from memories.providers import asks_elsewhere, get_embedder
from memories.recall.columns import Flags, Floats, Integers
from memories.recall.combining import combined
from memories.recall.dense import Dense
from memories.recall.fusion import Ranking, fuse
from memories.recall.lexical import Lexical
from memories.recall.pool import Pool, gather, scattered
from memories.recall.question import Question, names_in, read_question
from memories.recall.resident.reading import Reading, read
from memories.recall.resident.shelf import SHELF
from memories.recall.scope import PersonScope, Scope
from memories.recall.types import Boost, Hit, Recall, Retriever
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
T = TypeVar("T")


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
    further: Sequence[Boost] = (),
    rerank: bool | None = None,
    rewrite: bool | None = None,
) -> Recall:
    """Return the memories of `scope` that answer `query`, best first, with their score breakdown.

    `scope` is already narrowed to what the principal may see and to active memories. Hits below `threshold`
    (of the fused score, 0..1) are left out; with `relevant_only`, also those that share no word with the query
    and aren't near it in meaning. Without `by_words` words don't count. "Last summer" is read as of `today`.
    `further` are reasons to rank higher in this search alone, besides those of the settings. With `rerank` a model
    that is configured for it sets the order, and with `rewrite` one looks for other words, too; None leaves either to
    the settings. The read is logged; with `while_typing` it replaces the entry of the shorter query it grew from, and
    neither model is asked. Raises ProviderError when no retriever works, and Changed if the principal's key has.
    """
    if asks_elsewhere(project):
        principal.confirm()
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
        further=further,
        embedder=project.embedder,
    )
    found = combined([ask(query=each) for each in queries], wanted)
    found.warnings += unwritten
    if candidates:
        found = reranked(project, query, found, candidates=candidates, limit=limit)
    elif rerank:
        found.warnings.append(NO_RERANKER)
    principal.confirm()
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
    further: Sequence[Boost] = (),
    embedder: str = "",
) -> Recall:
    seen = scope if isinstance(scope, Scope) else Scope(scope)
    reasons = [*boosts(), *further]
    ask = partial(consult, seen, query, limit, by_words=by_words, today=today, embedder=embedder)
    choose = partial(_best, seen, limit=limit, threshold=threshold, relevant_only=relevant_only, reasons=reasons)
    pool, warnings = ask()
    ranking, rows, memories = choose(pool)
    if pool.within is not None and len(memories) < len(rows):
        # What the index has found is in scope no more, and the index doesn't know: it was erased.
        _forget_index(seen, embedder)
        pool, warnings = ask(by_index=False)
        ranking, rows, memories = choose(pool)
    found = zip(rows.tolist(), ranking.signals(rows), strict=True)
    hits = [
        Hit(memory, float(ranking.scores[row]), signals)
        for row, signals in found
        if (memory := memories.get(pool.columns.id(row)))
    ]
    weights = {one.name: one.weight for one in retrievers()} | {one.name: one.weight for one in reasons}
    return Recall(hits=hits, warnings=warnings, question=pool.question, weights=weights, queries=[query])


def _forget_index(scope: Scope, embedder: str) -> None:
    if isinstance(scope, PersonScope):
        SHELF.drop(scope.person, get_embedder(embedder).name)


def _best(
    scope: Scope, pool: Pool, *, limit: int, threshold: float, relevant_only: bool, reasons: Sequence[Boost]
) -> tuple[Ranking, Integers, dict[UUID, Any]]:
    """Return the pool's ranking, its best rows and their memories."""
    ranking = fuse(pool, retrievers(), reasons)
    rows = ranking.best(limit, _relevant(pool) if relevant_only else None)
    rows = rows[ranking.scores[rows] >= threshold]
    ids = [pool.columns.id(row) for row in rows.tolist()]
    return ranking, rows, scope.fetch(ids) if ids else {}


def _relevant(pool: Pool) -> Flags:
    """Return which candidates share a word with the question or are near it in meaning."""
    nowhere = np.full(len(pool.columns), np.nan)
    by_words, by_meaning = (pool.scores.get(name, nowhere) for name in (Lexical.name, Dense.name))
    return ~np.isnan(by_words) | (by_meaning >= NEAR)


def consult(
    scope: Scope,
    query: str,
    limit: int,
    *,
    by_words: bool = True,
    today: date | None = None,
    embedder: str = "",
    by_index: bool = True,
) -> tuple[Pool, list[str]]:
    """Return the candidates of every retriever, and in words which of them failed; ProviderError if none works.

    One person's memories are all candidates, read from an index in memory; but not within a transaction, whose own
    changes may yet be taken back, and not without `by_index`.
    """
    today = today or timezone.now().date()
    indexed = by_index and settings.RECALL_INDEX_MEGABYTES and not connection.in_atomic_block
    if indexed and isinstance(scope, PersonScope) and (seen := SHELF.look(scope, get_embedder(embedder).name)):
        question = read_question(query, seen[0].names, today=today, by_words=by_words, embedder=embedder)
        return _scanned(read(*seen, question), question, scope, limit)
    question = read_question(query, names_in(scope), today=today, by_words=by_words, embedder=embedder)
    size = max(limit * POOL, POOL_MINIMUM)
    rankings, warnings = _asked(lambda retriever: retriever.retrieve(question, scope, size))
    return gather(question, scope, rankings, size), warnings


def _scanned(reading: Reading, question: Question, scope: Scope, limit: int) -> tuple[Pool, list[str]]:
    def scores(retriever: Retriever) -> Floats:
        scanned = retriever.scan(question, reading)
        if scanned is not None:
            return np.where(reading.within, scanned, np.nan)
        return scattered(retriever.retrieve(question, scope, max(limit * POOL, POOL_MINIMUM)), reading.index.row_of)

    by_retriever, warnings = _asked(scores)
    pool = Pool(
        question=question,
        columns=reading.index.columns,
        scores=by_retriever,
        words=reading.words,
        inherited=reading.inherited,
        within=reading.within,
        cut={},
    )
    return pool, warnings


def _asked(ask: Callable[[Retriever], T]) -> tuple[dict[str, T], list[str]]:
    """Return what each retriever answers, and in words which of them failed; ProviderError if none works."""
    answers: dict[str, T] = {}
    warnings: list[str] = []
    failure: ProviderError | None = None
    for retriever in retrievers():
        try:
            answers[retriever.name] = ask(retriever)
        except ProviderError as error:
            logger.warning("Retriever %s failed: %s", retriever.name, error)
            warnings.append(f"Searched without {retriever.name}: {error}")
            failure = error
    if failure is not None and not answers:
        raise failure
    return answers, warnings


def _log(principal: Principal, project: Project, query: str, recall: Recall, *, while_typing: bool) -> None:
    entry = AccessLog(
        project=project,
        reader=principal.label,
        query=screen_text(project, query),
        memory_ids=[hit.memory.id for hit in recall.hits],
    )
    if not while_typing:
        # A read must not wait for the disk; a crash may cost the last moments of this log, never a memory.
        insert([entry], durable=False)
        return
    with transaction.atomic():
        _drop_beginning_of(query, principal, project)
        insert([entry], durable=False)


def _drop_beginning_of(query: str, principal: Principal, project: Project) -> None:
    """Remove the reader's last entry if it is what they had typed of `query` (or of a longer one) moments ago."""
    since = timezone.now() - TYPING
    recent = AccessLog.objects.in_project(project).filter(reader=principal.label, created_at__gt=since)
    last = recent.order_by("-pk").first()
    if last is not None and (query.startswith(last.query) or last.query.startswith(query)):
        last.delete()
