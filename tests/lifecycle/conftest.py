"""Time that has passed, and settings of alice's project."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Project
from memories.lifecycle import Lifecycle, stored_lifecycle
from memories.models import Memory
from memories.services.changes import Actor
from memories.services.undo import undo_last

Settings = Callable[..., Project]


def aged(memory: Memory, days: float) -> Memory:
    """Let the memory, with its versions, have been made and changed so many days ago."""
    then = timezone.now() - timedelta(days=days)
    Memory.objects.filter(pk=memory.pk).update(created_at=then, updated_at=then)
    memory.versions.update(created_at=then)
    memory.refresh_from_db()
    return memory


def of_layer(memory: Memory, layer: str, **more: Any) -> Memory:
    """Let the memory be of this layer, and always have been."""
    Memory.objects.filter(pk=memory.pk).update(layer=layer, **more)
    memory.versions.update(layer=layer)
    memory.refresh_from_db()
    return memory


def recalled(memory: Memory, times: int, *, days_later: float = 2) -> Memory:
    """Let the memory have been recalled so often, last so many days after it was written."""
    last = memory.created_at + timedelta(days=days_later)
    Memory.objects.filter(pk=memory.pk).update(visits=times, visited_at=last)
    memory.refresh_from_db()
    return memory


def undone(memory: Memory) -> Memory:
    """Take back the last change of the memory."""
    return undo_last(memory=Memory.objects.get(pk=memory.pk), actor=Actor(label="a test"))


@pytest.fixture
def settings_are(alice_project: Project) -> Settings:
    def settings_are(**settings: Any) -> Project:
        alice_project.lifecycle = stored_lifecycle(Lifecycle(**settings).as_dict())
        alice_project.save(update_fields=["lifecycle"])
        return alice_project

    return settings_are
