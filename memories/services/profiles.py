"""Profiles: what is known of an end user by the fields of a schema, made by a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import AuditEntry, Project
from memories.derivation.profiles import Written, default_schema, write_profile
from memories.derivation.schema import Schema
from memories.dispatch import ring_on_commit
from memories.extraction.categories import DEFAULT_CATEGORIES
from memories.models import EndUser, Memory, Profile, ProfileLine, ProfileRequest, ProfileSettings
from memories.models.memory import MemoryQuerySet
from memories.providers import CONSOLIDATION, get_chat
from memories.services import jobs
from memories.services.changes import Actor
from memories.services.facts import facts_of, hold_still

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


def sources_of(end_user: EndUser) -> MemoryQuerySet:
    """Return the memories that a profile of `end_user` is made from."""
    return Memory.objects.filter(end_user=end_user).active().holding().unexpired()


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
    read_at = timezone.now()
    facts = facts_of(sources_of(job.end_user))
    jobs.release_connection()
    if facts:
        chat = get_chat(CONSOLIDATION)
        written = write_profile(schema_of(settings), facts, instructions=settings.custom_instructions, chat=chat)
    else:
        written = Written([], "", ["There is no memory of this end user."])
    cited = {memory_id for line in written.lines for memory_id in line.memory_ids}
    with transaction.atomic():
        hold_still([fact for fact in facts if fact.id in cited])
        if jobs.is_ours(job):
            _write(job, written)
            jobs.succeed(job, read_at=read_at, maker=written.maker, notes=written.notes, line_count=len(written.lines))


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
