"""Profiles: what is known of an end user by the fields of a schema, made by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import AuditEntry, Project
from memories.derivation.facts import Fact
from memories.derivation.profile_lines import Line, Written
from memories.derivation.profiles import basis_of, default_schema, write_profile
from memories.derivation.schema import Schema
from memories.dispatch import ring_on_commit
from memories.extraction.categories import DEFAULT_CATEGORIES
from memories.models import EndUser, Memory, Profile, ProfileLine, ProfileRequest, ProfileSettings
from memories.providers import CONSOLIDATION, get_chat
from memories.services import jobs
from memories.services.changes import Actor
from memories.services.facts import facts_of, hold_still
from memories.services.profile_evidence import as_lines, sources_of, standing_lines, unread

REFRESHED_AT_ONCE = 200


def settings_of(project: Project) -> ProfileSettings:
    """Return the project's settings; the defaults, unsaved, if nobody has set any."""
    found = ProfileSettings.objects.filter(project=project).first()
    return found or ProfileSettings(project=project)


def change_settings(project: Project, actor: Actor, changes: Mapping[str, Any]) -> ProfileSettings:
    """Set the fields in `changes` (enabled, schema, custom_instructions) and return the settings."""
    with transaction.atomic():
        settings, _created = ProfileSettings.objects.update_or_create(project=project, defaults=changes)
        AuditEntry.objects.create(
            project=project,
            action="profile_settings.update",
            object_type="project",
            object_id=str(project.pk),
            actor=actor.label,
            details={"fields": sorted(changes)},
        )
    return settings


def schema_of(settings: ProfileSettings) -> Schema:
    """Return the shape of the project's profiles."""
    return Schema(settings.schema) if settings.schema else default_schema(DEFAULT_CATEGORIES)


def make_profile(profile_id: UUID | str) -> None:
    """Make one profile if it is due and nobody else has it."""
    job = Profile.objects.select_related("project", "end_user").claim(profile_id)
    if job is not None:
        jobs.run(job, _work)


def refresh_profiles() -> int:
    """Ask for the profiles of end users whose memories have changed since the last; return how many."""
    asked = 0
    for settings in ProfileSettings.objects.filter(enabled=True).select_related("project"):
        if stale := list(_stale(settings.project)[:REFRESHED_AT_ONCE]):
            with transaction.atomic():
                request = ProfileRequest.objects.create(
                    project=settings.project, operation=ProfileRequest.Operation.REFRESH, requester="refresh"
                )
                ask(request, stale)
            asked += len(stale)
    return asked


def ask(request: ProfileRequest, end_users: list[EndUser]) -> None:
    """Put a profile of each of `end_users` on the list of what is to be made; in a transaction."""
    profiles = [Profile(project=request.project, end_user=end_user, request=request) for end_user in end_users]
    for profile in Profile.objects.bulk_create(profiles):
        ring_on_commit(profile.pk, task=Profile.TASK)


def _stale(project: Project) -> Any:
    """Return the end users with a memory that changed after their latest profile was asked for."""
    asked = Profile.objects.filter(end_user=OuterRef("pk")).order_by("-created_at").values("created_at")[:1]
    changed = Max("memory_set__updated_at", filter=Q(memory_set__state=Memory.State.ACTIVE))
    people = EndUser.objects.in_project(project).annotate(changed=changed, asked=Subquery(asked))
    return people.filter(Q(changed__gt=F("asked")) | Q(changed__isnull=False, asked=None))


def _work(job: Profile) -> None:
    settings = settings_of(job.project)
    if not settings.enabled:
        raise jobs.Impossible("Profiles have been switched off for this project.")
    schema, chat = schema_of(settings), get_chat(CONSOLIDATION)
    basis = basis_of(schema, settings.custom_instructions, chat)
    read_at = timezone.now()
    facts, standing, remembered = _to_read(job.end_user, basis)
    jobs.release_connection()
    if facts:
        instructions = settings.custom_instructions
        written = write_profile(schema, facts, standing=standing, instructions=instructions, chat=chat)
    elif remembered:
        written = Written(standing, chat.name if chat else "", [])
    else:
        written = Written([], "", ["There is no memory of this end user."])
    with transaction.atomic():
        hold_still({memory_id for line in written.lines for memory_id in line.memory_ids})
        if jobs.is_ours(job):
            _write(job, written)
            outcome = {"maker": written.maker, "notes": written.notes, "line_count": len(written.lines)}
            jobs.succeed(job, read_at=read_at, basis=basis, **outcome)


def _to_read(end_user: EndUser, basis: str) -> tuple[list[Fact], list[Line], bool]:
    """Return the memories to read, the lines to keep, and whether anything is remembered at all.

    A profile that the same model has made by the same schema is gone on with: it costs what has changed since.
    """
    done = Profile.objects.filter(end_user=end_user, status=Profile.Status.SUCCEEDED, read_at__isnull=False)
    before = done.order_by("-completed_at").first()
    sources = sources_of(end_user)
    if before is None or not basis or before.basis != basis:
        facts = facts_of(sources)
        return facts, [], bool(facts)
    standing = standing_lines(end_user, before)
    return facts_of(unread(end_user, before, standing)), as_lines(standing), sources.exists()


def _write(job: Profile, written: Written) -> None:
    """Replace the lines of the end user's earlier profile."""
    ProfileLine.objects.filter(profile__end_user=job.end_user).delete()
    ProfileLine.objects.bulk_create(
        ProfileLine(
            project_id=job.project_id,
            profile=job,
            field=line.field,
            position=position,
            value=line.value,
            in_list=line.in_list,
            memory_ids=line.memory_ids,
        )
        for position, line in enumerate(written.lines)
    )
