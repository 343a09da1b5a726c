"""Asking for a change of embedder, trying it again, cancelling it."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import AuditEntry, Project, User
from memories.dispatch import ring_on_commit
from memories.models import EmbedderChange, Memory
from memories.models.job import Job
from memories.providers import get_embedder, remember_embedder

Status = Job.Status


class CannotChange(Exception):
    """The change can't be asked for, or not be cancelled any more; the message says why."""


def to_change() -> list[Project]:
    """Return the projects whose embedder isn't the configured one and for which no change is open."""
    open_ones = EmbedderChange.objects.open().values("project")
    projects = Project.objects.exclude(embedder=get_embedder().name).exclude(pk__in=open_ones)
    return list(projects.select_related("organization").order_by("organization__name", "name", "pk"))


def ask(*, project: Project, requester: str, user: User | None = None) -> EmbedderChange:
    """Have the project's memories embedded by the configured embedder, which takes over once all are.

    Raises CannotChange if it is in use already or a change is open, ProviderError if it doesn't answer.
    """
    embedder = get_embedder()
    embedder.embed(["Does it answer?"])
    remember_embedder()
    with transaction.atomic():
        # A stranger to the row's other fields, so that nothing is written but what changes.
        current = Project.objects.select_for_update(no_key=True).only("embedder").get(pk=project.pk)
        if current.embedder == embedder.name:
            raise CannotChange(f"{project} uses {embedder.name} already.")
        if EmbedderChange.objects.open().filter(project=project).exists():
            raise CannotChange(f"A change of {project} is under way. Let it end, or cancel it.")
        Project.objects.filter(pk=project.pk).update(next_embedder=embedder.name)
        change = EmbedderChange.objects.create(
            project=project,
            source=current.embedder,
            target=embedder.name,
            total=Memory.objects.in_project(project).count(),
            requester=requester,
            user=user,
        )
        audit(change, action="embedder.change")
        ring_on_commit(change.pk, task=EmbedderChange.TASK)
    return change


def try_again(change: EmbedderChange) -> None:
    """Give a failed change all its tries again, from where it stopped."""
    with transaction.atomic():
        failed = EmbedderChange.objects.filter(pk=change.pk, status=Status.FAILED)
        if failed.update(status=Status.PENDING, available_at=timezone.now(), tries=0, completed_at=None):
            ring_on_commit(change.pk, task=EmbedderChange.TASK)


def cancel(change: EmbedderChange, *, requester: str) -> None:
    """Stay with the embedder in use; the vectors made so far go. Raises CannotChange once it is switched."""
    with transaction.atomic():
        current = EmbedderChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        if not current.is_cancellable:
            raise CannotChange("The new embedder is in use already.")
        Project.objects.filter(pk=current.project_id).update(next_embedder="")
        # A worker that is at it finds that it no longer holds the job.
        EmbedderChange.objects.filter(pk=current.pk).update(
            phase=EmbedderChange.Phase.DROPPING,
            cancelled=True,
            status=Status.PENDING,
            available_at=timezone.now(),
            leased_until=None,
            completed_at=None,
            tries=0,
            error="",
            error_code="",
        )
        audit(current, action="embedder.cancel", actor=requester)
        ring_on_commit(current.pk, task=EmbedderChange.TASK)


def audit(change: EmbedderChange, *, action: str, actor: str = "") -> None:
    """Note what became of a change; call it in the transaction that acts."""
    AuditEntry.objects.create(
        project_id=change.project_id,
        action=action,
        object_type="embedderchange",
        object_id=str(change.pk),
        actor=actor or change.requester,
        details={"from": change.source, "to": change.target},
    )
