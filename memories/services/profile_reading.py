"""Reading a profile: only the lines whose memories still say what they said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from memories.models import EndUser, Profile
from memories.services.profile_evidence import sources_of, standing_lines
from memories.services.profiles import settings_of


@dataclass(slots=True)
class Reading:
    """A profile as it stands. `citations` has, for each value in `profile`, the ids of its memories."""

    status: str
    profile: dict[str, Any] = field(default_factory=dict)
    citations: dict[str, list[Any]] = field(default_factory=dict)
    updated_at: datetime | None = None
    count: int = 0
    maker: str = ""
    notes: list[str] = field(default_factory=list)
    error: str = ""


def read_profile(end_user: EndUser) -> Reading:
    """Return the profile of `end_user`, and a status as mem0 names it.

    What was made last stands while the next is being made. A line goes as soon as one of its memories is deleted,
    edited, archived or expired; the next making of the profile replaces it.
    """
    if not settings_of(end_user.project).enabled:
        return Reading("not_enabled")
    latest = end_user.profiles.first()
    if latest is None:
        # The hourly refresh makes it, unless somebody asks for it before.
        return Reading("pending" if sources_of(end_user).exists() else "insufficient_data")
    done = end_user.profiles.filter(status=Profile.Status.SUCCEEDED).order_by("-completed_at")
    reading = _lines(end_user, done.first(), done.count())
    if latest.status == Profile.Status.FAILED:
        reading.status, reading.error = "failed", latest.error
    elif latest.status != Profile.Status.SUCCEEDED:
        reading.status = "pending"
    return reading


def _lines(end_user: EndUser, profile: Profile | None, count: int) -> Reading:
    reading = Reading("insufficient_data", count=count)
    if profile is None:
        return reading
    reading.updated_at, reading.maker, reading.notes = profile.completed_at, profile.maker, profile.notes
    for line in standing_lines(end_user, profile):
        ids = [str(memory_id) for memory_id in line.memory_ids]
        if line.in_list:
            reading.profile.setdefault(line.field, []).append(line.value)
            reading.citations.setdefault(line.field, []).append(ids)
        else:
            reading.profile[line.field] = line.value
            reading.citations[line.field] = ids
    if reading.profile:
        reading.status = "succeeded"
    return reading
