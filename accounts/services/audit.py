"""Noting who did what to keys, projects and members."""

from __future__ import annotations

from typing import Any

from django.db import models

from accounts.authority import Place
from accounts.models import AuditEntry, Project


def note(place: Place, action: str, about: models.Model, *, actor: str, **details: Any) -> None:
    """Write an audit entry of `place`: `actor` did `action` to `about`. Call it in the transaction that acts."""
    where = {"project": place} if isinstance(place, Project) else {"organization": place}
    AuditEntry.objects.create(
        **where,
        action=action,
        object_type=str(about._meta.model_name),
        object_id=str(about.pk),
        actor=actor,
        details=details,
    )
