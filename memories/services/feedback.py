"""What people and apps think of a memory."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import AuditEntry
from accounts.principal import Principal
from memories.models import Feedback, Memory
from memories.services.changes import Actor, audit_entry


def give_feedback(*, memory: Memory, principal: Principal, value: str | None, reason: str = "") -> Feedback | None:
    """Store the principal's opinion in place of an earlier one and return it; None as `value` takes it back."""
    author: dict[str, Any] = {"user": principal.user, "api_key": principal.api_key}
    with transaction.atomic():
        entry = audit_entry(memory, action="memory.feedback", actor=Actor.of(principal), value=value)
        AuditEntry.objects.bulk_create([entry])
        if value is None:
            Feedback.objects.filter(memory=memory, **author).delete()
            return None
        said = {"value": value, "reason": reason, "author": principal.label, "project_id": memory.project_id}
        feedback, _created = Feedback.objects.update_or_create(memory=memory, **author, defaults=said)
    return feedback
