"""Work that a row stands for: the row is the job; the broker only says that there is one."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar, Generic, Self, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from memories.models.scoping import ScopedQuerySet

J = TypeVar("J", bound="Job")
# The error code of a job that waits because its project has used up its budget.
OUT_OF_BUDGET = "budget_used_up"


class JobQuerySet(ScopedQuerySet[J], Generic[J]):
    """Reads of jobs, and the one way to take one."""

    def unfinished(self) -> Self:
        """Narrow to jobs that still have work to do."""
        return self.filter(status__in=[Job.Status.PENDING, Job.Status.RUNNING])

    def due(self) -> Self:
        """Narrow to jobs that a worker may claim now: waiting ones whose time has come, and abandoned ones."""
        now = timezone.now()
        waiting = Q(status=Job.Status.PENDING, available_at__lte=now)
        abandoned = Q(status=Job.Status.RUNNING, leased_until__lt=now)
        return self.filter(waiting | abandoned)

    def claim(self, job_id: UUID | str) -> J | None:
        """Lease the job to the caller, or return None when it is done, not due, or in other hands.

        One UPDATE decides: of two workers that were told of the same job, one gets it. `attempts` is the
        fence: whoever writes the outcome must still hold the attempt it claimed.
        """
        claimed = (
            self.due()
            .filter(pk=job_id)
            .update(
                status=Job.Status.RUNNING,
                attempts=models.F("attempts") + 1,
                tries=models.F("tries") + 1,
                leased_until=timezone.now() + timedelta(seconds=settings.EVENT_LEASE_SECONDS),
                started_at=timezone.now(),
            )
        )
        return self.get(pk=job_id) if claimed else None


class Job(models.Model):
    """What every job has: its status, who holds it until when, and why it failed."""

    class Status(models.TextChoices):
        """As mem0 names them."""

        PENDING = "PENDING", _("Waiting")
        RUNNING = "RUNNING", _("Running")
        SUCCEEDED = "SUCCEEDED", _("Succeeded")
        FAILED = "FAILED", _("Failed")

    # The Celery task that does the work, given the row's id.
    TASK: ClassVar[str]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.PENDING)
    attempts = models.PositiveIntegerField(_("attempts"), default=0, help_text=_("All of them; never reset."))
    tries = models.PositiveIntegerField(_("tries"), default=0, help_text=_("Since somebody last asked for one."))
    available_at = models.DateTimeField(_("due"), default=timezone.now)
    leased_until = models.DateTimeField(null=True, editable=False)
    error_code = models.CharField(_("error code"), max_length=64, blank=True)
    error = models.TextField(_("error"), blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)
    started_at = models.DateTimeField(_("started"), null=True)
    completed_at = models.DateTimeField(_("completed"), null=True)

    class Meta:
        abstract = True

    @property
    def latency(self) -> float | None:
        """Milliseconds from reception to completion, or None while unfinished."""
        if self.completed_at is None:
            return None
        return (self.completed_at - self.created_at).total_seconds() * 1000
