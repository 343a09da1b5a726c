"""Asking for a change of embedder, trying it again, cancelling it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import AuditEntry, Project, User
from memories.dispatch import ring_on_commit
from memories.models import EmbedderChange, Memory
from memories.models.job import Job
from memories.providers import get_embedder, remember_embedder
from providers.base import Embedder

Status = Job.Status


class CannotChange(Exception):
    """The change can't be asked for, or not be cancelled any more; the message says why."""


def to_change() -> QuerySet[Project]:
    """Return the projects whose embedder isn't the configured one and for which no change is open."""
    open_ones = EmbedderChange.objects.open().values("project")
    projects = Project.objects.exclude(embedder=get_embedder().name).exclude(pk__in=open_ones)
    return projects.select_related("organization").order_by("organization__name", "name", "pk")


def ask(*, project: Project, requester: str, user: User | None = None) -> EmbedderChange:
    """Have one project changed, as `ask_all` does it."""
    return ask_all(projects=[project], requester=requester, user=user)[0]


def ask_all(*, projects: Iterable[Project], requester: str, user: User | None = None) -> list[EmbedderChange]:
    """Have the projects' memories embedded by the configured embedder, which takes over in each once all of it are.

    Raises CannotChange for a project that uses it already or whose change is open; those before it are asked for
    then. ProviderError, and nothing is asked for, if the embedder doesn't answer.
    """
    embedder = get_embedder()
    embedder.embed(["Does it answer?"])
    remember_embedder()
    return [_ask(project, embedder, requester, user) for project in projects]


def _ask(project: Project, embedder: Embedder, requester: str, user: User | None) -> EmbedderChange:
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
