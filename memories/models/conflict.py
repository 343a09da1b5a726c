"""Two memories that seem to be at odds, for a person to decide."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import Project
from memories.models.memory import Memory
from memories.models.scoping import ScopedQuerySet
from memories.models.stated import State


class ConflictQuerySet(ScopedQuerySet["Conflict"]):
    """Reads of conflicts."""

    end_user_path = "newer__end_user__name"

    def open(self) -> ConflictQuerySet:
        """Narrow to those that nobody has decided and whose memories both still stand."""
        return self.filter(resolved_at=None, older__state=State.ACTIVE, newer__state=State.ACTIVE)


class Conflict(models.Model):
    """What a newer memory says seems not to go with what an older one says. Both stay active until it is decided.

    `similarity` is the cosine of their vectors: how much they speak of the same.
    """

    class Decision(models.TextChoices):
        """What a person made of it."""

        SUPERSEDE = "supersede", _("The newer one takes the place of the older")
        KEEP_BOTH = "keep_both", _("Both hold")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name=_("project"))
    older = models.ForeignKey(Memory, models.CASCADE, related_name="+", verbose_name=_("older"))
    newer = models.ForeignKey(Memory, models.CASCADE, related_name="conflicts", verbose_name=_("newer"))
    similarity = models.FloatField(_("similarity"))
    created_at = models.DateTimeField(_("noticed"), default=timezone.now)
    resolved_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=16, choices=Decision, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("conflict")
        verbose_name_plural = _("conflicts")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["project", "resolved_at", "-created_at"], name="conflict_by_project")]
        constraints = [
            models.UniqueConstraint(fields=["older", "newer"], name="conflict_once"),
            models.CheckConstraint(condition=~Q(older=F("newer")), name="conflict_of_two"),
            models.CheckConstraint(
                condition=Q(resolved_at=None, decision="") | (Q(resolved_at__isnull=False) & ~Q(decision="")),
                name="conflict_decided_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.newer_id} against {self.older_id}"
