"""Exports: memories in a shape of the caller's own, made by a worker and kept for a while."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, Project
from accounts.principal import Principal
from memories.derivation.exports import Made, Unfillable, make_export
from memories.derivation.facts import Fact
from memories.derivation.schema import Schema
from memories.dispatch import ring_on_commit
from memories.filters import ALIASES, compile_filter
from memories.models import Memory, MemoryExport
from memories.models.memory import MemoryQuerySet
from memories.providers import CONSOLIDATION, get_chat
from memories.services import jobs
from memories.services.facts import facts_of, hold_still


def request_export(
    *, principal: Principal, project: Project, schema: Schema, filters: Mapping[str, Any], instructions: str = ""
) -> MemoryExport:
    """Store what is asked for and tell a worker. `filters` compile and say whose memories are meant."""
    with transaction.atomic():
        export = MemoryExport.objects.create(
            project=project,
            schema=schema.root,
            filters=dict(filters),
            instructions=instructions,
            end_user_name=principal.end_user_name,
            requester=principal.label,
            user=principal.user,
            api_key=principal.api_key,
        )
        audit(export, action="export.request", principal=principal)
        ring_on_commit(export.pk, task=MemoryExport.TASK)
    return export


def export(export_id: UUID | str) -> None:
    """Make one export if it is due and nobody else has it."""
    job = MemoryExport.objects.select_related("project").claim(export_id)
    if job is not None:
        jobs.run(job, _work)


def latest_like(*, principal: Principal, project: Project, filters: Mapping[str, Any]) -> MemoryExport | None:
    """Return the newest export that was asked for with the same filters, however they were nested."""
    wanted = _plain(filters)
    mine = MemoryExport.objects.for_principal(principal).in_project(project).kept()
    for pk, given in mine.values_list("pk", "filters"):
        if _plain(given) == wanted:
            return mine.get(pk=pk)
    return None


def expire_exports() -> int:
    """Delete the exports that are older than settings.EXPORT_DAYS; return how many went."""
    before = timezone.now() - timedelta(days=settings.EXPORT_DAYS)
    return MemoryExport.objects.filter(created_at__lte=before).delete()[0]


def audit(export: MemoryExport, *, action: str, principal: Principal) -> None:
    """Note what somebody did with an export; its content is not in the note."""
    AuditEntry.objects.create(
        project_id=export.project_id,
        action=action,
        object_type="export",
        object_id=str(export.pk),
        actor=principal.label,
    )


def _work(job: MemoryExport) -> None:
    memories = _matching(job)
    total = memories.count()
    facts = facts_of(memories)
    jobs.release_connection()
    try:
        made = make_export(Schema(job.schema), facts, instructions=job.instructions, chat=get_chat(CONSOLIDATION))
    except Unfillable as error:
        raise jobs.Impossible(str(error)) from error
    if total > len(facts):
        made.notes.append(f"Only the newest {len(facts)} of {total} memories were looked at.")
    _finish(job, facts[: made.used], made)


def _matching(job: MemoryExport) -> MemoryQuerySet:
    """Return the memories that the export is of, within the limit of the key that asked for it."""
    memories = Memory.objects.in_project(job.project).active().holding().unexpired()
    if job.end_user_name:
        memories = memories.filter(end_user__name=job.end_user_name)
    return memories.filter(compile_filter(job.filters, project=job.project))


def _finish(job: MemoryExport, facts: list[Fact], made: Made) -> None:
    with transaction.atomic():
        ids = hold_still(fact.id for fact in facts)
        if jobs.is_ours(job):
            jobs.succeed(job, result=made.result, notes=made.notes, maker=made.maker, memory_ids=ids)


def _plain(filters: Any) -> Any:
    """Return the filter without the nesting that changes nothing: an AND of different fields is their object."""
    if not isinstance(filters, Mapping):
        return filters
    plain: dict[str, Any] = {ALIASES.get(str(key), str(key)): value for key, value in filters.items()}
    if isinstance(parts := plain.get("AND"), list):
        parts = [_plain(part) for part in parts]
        rest = {key: value for key, value in plain.items() if key != "AND"}
        keys = [key for part in [*parts, rest] if isinstance(part, Mapping) for key in part]
        if len(keys) == len(set(keys)) and all(isinstance(part, Mapping) for part in parts):
            return {key: value for part in [*parts, rest] for key, value in part.items()}
        return {**rest, "AND": parts}
    return plain
