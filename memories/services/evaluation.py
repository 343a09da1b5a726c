"""Reading scored conversations through the whole ingestion, in a place of their own, and scoring what came of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.db.models import Sum

from accounts.models import Project, User
from accounts.principal import Principal
from accounts.services import personal_project
from memories.extraction.script import dominant_script
from memories.models import Conflict, Event, Memory, MemoryVersion
from memories.samples.scoring import Kept, Score, labels_of, score
from memories.services.importing import conversations
from memories.services.record import record

REWRITTEN = (MemoryVersion.Change.END, MemoryVersion.Change.UPDATE)


class NotRead(Exception):
    """A session could not be read; the message names it and says why."""


@contextmanager
def scratch() -> Iterator[tuple[Principal, Project]]:
    """Make a user with a project to write into, and remove both with everything in them at the end."""
    user = User.objects.create_user(f"evaluation-{secrets.token_hex(8)}@localhost.invalid")
    project = personal_project(user=user)
    try:
        yield Principal(user=user), project
    finally:
        project.organization.delete()
        user.delete()


def evaluate(sample: Mapping[str, Any], *, principal: Principal, project: Project) -> Score:
    """Read the sessions of `sample` in their order with the configured extractor, and score what is remembered then.

    Waits for each session, for the next is to know it. Raises NotRead if one fails, ValueError if the sample is
    malformed.
    """
    end_user = str(sample.get("sample_id") or "sample")
    for conversation in conversations(sample, end_user=end_user):
        event = record(principal=principal, project=project, conversation=replace(conversation, wait=True))
        if event.status != Event.Status.SUCCEEDED:
            raise NotRead(f"{conversation.entities['run_id']}: {event.error or event.status}")
    return score(_kept(project, end_user), labels_of(sample))


def usage_of(project: Project) -> dict[str, Any]:
    """Return what reading cost: the extractor, its model, tokens, and how many statements it was refused."""
    events = Event.objects.in_project(project)
    last = events.exclude(extractor="").first()
    sums = events.aggregate(input_tokens=Sum("input_tokens"), output_tokens=Sum("output_tokens"))
    refused = sum(len(refusals) for refusals in events.values_list("refusals", flat=True))
    return {
        "extractor": last.extractor if last else "",
        "model": last.model if last else "",
        **{name: value or 0 for name, value in sums.items()},
        "refused": refused,
    }


def _kept(project: Project, end_user: str) -> Sequence[Kept]:
    rows = Memory.objects.in_project(project).filter(end_user__name=end_user).prefetch_related("sources", "versions")
    memories = {memory.pk: memory for memory in rows}
    turns = {pk: _turns(memory) for pk, memory in memories.items()}
    questioned: dict[Any, frozenset[str]] = {}
    for older, newer in Conflict.objects.in_project(project).values_list("older_id", "newer_id"):
        questioned[older] = questioned.get(older, frozenset()) | turns.get(newer, frozenset())
    return [
        Kept(
            turns=turns[pk],
            about_other=bool(memory.about) and memory.about != memory.speaker,
            same_language=_same_language(memory),
            stands=memory.state == Memory.State.ACTIVE,
            replaced_by=_changed_by(memory, turns),
            questioned_by=questioned.get(pk, frozenset()),
        )
        for pk, memory in memories.items()
    ]


def _turns(memory: Memory) -> frozenset[str]:
    return frozenset(message.external_id for message in memory.sources.all())


def _changed_by(memory: Memory, turns: Mapping[Any, frozenset[str]]) -> frozenset[str]:
    """Return the turns of what took the memory's place, or that ended or rewrote it."""
    changes = {version.event_id for version in memory.versions.all() if version.change in REWRITTEN}
    own = {message.external_id for message in memory.sources.all() if message.event_id in changes}
    return frozenset(own) | turns.get(memory.superseded_by_id, frozenset())


def _same_language(memory: Memory) -> bool:
    spoken = {dominant_script(message.text) for message in memory.sources.all()}
    script = dominant_script(memory.text)
    return not script or script in spoken
