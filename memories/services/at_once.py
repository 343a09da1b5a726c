"""Conversations that are kept as they are: stored with their memories in one transaction, several calls' at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.db import Error, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEntry, Project
from accounts.prepared import AnyInProject
from accounts.principal import Principal
from memories.ingestion.work import Ingestion
from memories.models import Event, Memory, MemoryVector, MemoryVersion, Message
from memories.providers import asks_elsewhere
from memories.services.changes import new_versions
from memories.services.entities import belong, entities_of, resolve_entities
from memories.services.gathering import Gathering
from memories.services.ingest import outcome, take_steps
from memories.services.inserting import insert, mark_inserted, together
from memories.services.placing import Latest, place
from memories.services.quotas import check_quotas, has_quota
from memories.services.reconcile import write
from memories.services.rows import actor_of, links_of, memory_of, sources_of, vectors_of
from memories.services.storing import LINK, MOST, Asked, NotStored, store
from memories.services.webhooks.telling import tell_of_outcome
from providers.errors import ProviderError

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Simple:
    """A conversation on its way: all that models are asked for is there, and nothing is stored."""

    principal: Principal
    project: Project
    names: Mapping[str, str]
    work: Ingestion
    is_stored: bool = False
    is_busy: bool = False


def record_at_once(
    principal: Principal, project: Project, names: Mapping[str, str], event: Event, messages: Sequence[Message]
) -> Event | None:
    """Store the event, its messages and its memories; None if a model failed, and nothing is stored.

    Models are asked before the transaction begins. As nobody else can know of the event, it needs neither a claim nor
    a lease. Calls that come at the same time are stored together; what is not simply remembered, because of a rule,
    a quota, a webhook or the same words before, has a transaction of its own.
    """
    if asks_elsewhere(project):
        principal.confirm()
    simple = _Simple(principal, project, names, Ingestion(event=event, messages=messages, stored=False))
    try:
        take_steps(simple.work)
    except ProviderError:
        return None
    _complete(simple.work)
    if names.get("user_id") and not has_quota(project):
        _gather(simple)
    if not simple.is_stored:
        expect_no_more()
        principal.confirm()
        try:
            _store(simple)
        except IntegrityError:
            if stored := Event.objects.filter(pk=event.pk).first():
                return stored  # by the first attempt, whose connection was lost before it was told so
            raise
    event.written = simple.work.versions
    return event


def _complete(work: Ingestion) -> None:
    """Say of the event that it is done, as it will be when it is stored."""
    event = work.event
    for name, value in outcome(work).items():
        setattr(event, name, value)
    event.status, event.attempts, event.tries = Event.Status.SUCCEEDED, 1, 1
    event.created_at = event.started_at = event.available_at
    event.completed_at = timezone.now()


def _gather(simple: _Simple) -> None:
    if (asked := _asked(simple)) is None:
        return
    if connection.in_atomic_block:
        with transaction.atomic():  # it belongs to that transaction, and another thread's don't
            _store_together([(simple, asked)], waits=True)
    elif _GATHERING.bring((simple, asked)) and simple.is_busy:
        _store_alone(simple, asked)  # or its company would have to wait, too


def _asked(simple: _Simple) -> Asked | None:
    """Return the rows as they are if nothing stands in the way of remembering; None if something does already."""
    work = simple.work
    memories = [memory_of(work, index) for index in range(len(work.statements))]
    digests = [memory.digest for memory in memories]
    if len(set(digests)) < len(digests):
        return None  # what is said twice is remembered once
    if simple.names.get("run_id"):
        run = uuid4()  # which one it is, the database knows; all that is said in it is one sitting
        for memory in memories:
            memory.run_id = run
    place(memories, after=Latest(None))
    versions, entries = new_versions(memories, change=MemoryVersion.Change.ADD, actor=actor_of(work), event=work.event)
    work.versions = versions
    return Asked(
        project_id=simple.project.pk,
        standing=simple.principal.unconfirmed,
        names=simple.names,
        digests=digests,
        rows={
            Event: [work.event],
            Message: work.messages,
            Memory: memories,
            MemoryVector: [row for i, memory in enumerate(memories) for row in vectors_of(work, i, memory)],
            MemoryVersion: versions,
            AuditEntry: entries,
            LINK: [row for i, memory in enumerate(memories) for row in links_of(memory, sources_of(work, i))],
        },
    )


def _store_together(several: Sequence[tuple[_Simple, Asked]], *, waits: bool = False) -> None:
    """Store those of `several`, each of another person, that are simply remembered."""
    done = store([asked for _simple, asked in several], waits=waits)
    for (simple, asked), ids in zip(several, done, strict=True):
        simple.is_busy = ids is NotStored.IS_BUSY
        if isinstance(ids, NotStored):
            continue
        simple.is_stored = True
        for rows in asked.rows.values():
            mark_inserted(rows)
        belong([simple.work.event, *asked.memories], entities_of(simple.project, simple.names, ids))


def _store(simple: _Simple) -> None:
    """Store one conversation that may need a closer look."""
    work, event = simple.work, simple.work.event
    work.versions = []
    with transaction.atomic():
        scope = resolve_entities(project=simple.project, names=simple.names)
        belong([event, *work.messages], scope)
        # A pipeline: what follows is sent without waiting for an answer to each statement, but where one is needed.
        # Nothing in it may rely on an error to come at once, as making an entity that somebody else makes does.
        with AnyInProject.asked_once(), connection.wrap_database_errors, connection.connection.pipeline():
            with together():
                insert([event])
                insert(work.messages)
                check_quotas(simple.project)
                write(work)
            if work.refusals:
                event.refusals = outcome(work)["refusals"]
                # Not save(): in a pipeline the number of rows is not known yet, which it takes for none.
                Event.objects.filter(pk=event.pk).update(refusals=event.refusals)
            tell_of_outcome(event)
    belong([version.memory for version in work.versions], scope)


def _store_alone(simple: _Simple, asked: Asked) -> None:
    """Store it once nobody else writes for its person; unless it needs a closer look by then."""
    try:
        _store_together([(simple, asked)], waits=True)
    except Error:
        logger.warning("What was stored alone failed; it is looked at.", exc_info=True)


def _person(brought: tuple[_Simple, Asked]) -> tuple[UUID, str]:
    _simple, asked = brought
    return asked.project_id, asked.names["user_id"]


_GATHERING = Gathering(_store_together, alike=_person, most=MOST)
# Calls that may come to be stored together: while one is on its way, others wait a moment for it.
expecting, expect_no_more = _GATHERING.expecting, _GATHERING.expect_no_more
