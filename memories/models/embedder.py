"""The embedders there have been, and a project's change from one to another."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Project, User
from memories.models.job import Job, JobQuerySet


class KnownEmbedder(models.Model):
    """How an embedder was configured, so that it can still be asked when the settings name another one.

    `options` are those of its BACKEND without the key, which stays in the environment.
    """

    name = models.CharField(_("name"), max_length=200, primary_key=True)
    backend = models.CharField(max_length=200)
    options = models.JSONField(default=dict)
    seen_at = models.DateTimeField(_("last configured"), auto_now=True)

    class Meta:
        verbose_name = _("known embedder")
        verbose_name_plural = _("known embedders")

    def __str__(self) -> str:
        return self.name


class EmbedderChangeQuerySet(JobQuerySet["EmbedderChange"]):
    """Reads of changes; not for keys that are limited to one end user."""

    end_user_path = None

    def open(self) -> EmbedderChangeQuerySet:
        """Narrow to changes that are not over: on their way, or failed and waiting for a person."""
        return self.exclude(status=Job.Status.SUCCEEDED)


class EmbedderChange(Job):
    """A project's vectors made anew by another embedder, beside those in use until all are there.

    `cursor` is the last memory that the present round has seen; each batch writes it in the transaction that stores
    the batch's vectors. `done` of `total` memories have a vector by `target`; `per_second` is the speed lately.
    """

    TASK = "memories.tasks.change_embedder"

    class Phase(models.TextChoices):
        """How far it is."""

        EMBEDDING = "embedding", _("Embedding")
        SETTLING = "settling", _("Switched")
        DROPPING = "dropping", _("Removing the old vectors")

    project = models.ForeignKey(Project, models.CASCADE, related_name="embedder_changes", verbose_name=_("project"))
    source = models.CharField(_("from"), max_length=200)
    target = models.CharField(_("to"), max_length=200)
    phase = models.CharField(_("phase"), max_length=16, choices=Phase, default=Phase.EMBEDDING)
    cancelled = models.BooleanField(_("cancelled"), default=False)
    cursor = models.UUIDField(null=True, editable=False)
    total = models.PositiveIntegerField(_("memories"), default=0)
    done = models.PositiveIntegerField(_("embedded"), default=0)
    per_second = models.FloatField(null=True, editable=False)
    switched_at = models.DateTimeField(_("switched"), null=True, editable=False)
    requester = models.CharField(_("who"), max_length=255)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = EmbedderChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of the embedder")
        verbose_name_plural = _("changes of the embedder")
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=~Q(status="SUCCEEDED"), name="one_embedder_change_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

    @property
    def is_cancellable(self) -> bool:
        """Tell whether nothing is switched yet."""
        return self.phase == self.Phase.EMBEDDING and self.status != self.Status.SUCCEEDED

    @property
    def seconds_left(self) -> float | None:
        """Return how long the rest will take at the present speed, None while that isn't known."""
        if self.phase != self.Phase.EMBEDDING or not self.per_second:
            return None
        return max(self.total - self.done, 0) / self.per_second

    @property
    def milliseconds_left(self) -> float | None:
        """Return the same, as pages tell durations."""
        return None if self.seconds_left is None else self.seconds_left * 1000

    @property
    def percent(self) -> int:
        """Return how much is embedded, 0..100; not 100 while something is left."""
        return 100 * min(self.done, self.total) // self.total if self.total else 100
