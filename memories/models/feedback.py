"""What somebody thinks of a memory."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import ApiKey, Project, User
from memories.models.memory import Memory
from memories.models.scoping import ScopedQuerySet


class FeedbackQuerySet(ScopedQuerySet["Feedback"]):
    """Reads of feedback."""

    end_user_path = "memory__end_user__name"


class Feedback(models.Model):
    """One opinion of one person or app on one memory; saying something else replaces it."""

    class Value(models.TextChoices):
        """As mem0 names them."""

        POSITIVE = "POSITIVE", _("Helpful")
        NEGATIVE = "NEGATIVE", _("Wrong")
        VERY_NEGATIVE = "VERY_NEGATIVE", _("Very wrong")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    memory = models.ForeignKey(Memory, models.CASCADE, related_name="feedback", verbose_name=_("memory"))
    value = models.CharField(_("opinion"), max_length=16, choices=Value)
    reason = models.TextField(_("reason"), blank=True)
    author = models.CharField(_("who"), max_length=255)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.CASCADE, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback")
        verbose_name_plural = _("feedback")
        ordering = ["-updated_at"]
        indexes = [models.Index(fields=["project", "value"], name="feedback_by_project")]
        constraints = [
            models.UniqueConstraint(fields=["memory", "user"], name="feedback_once_per_person"),
            models.UniqueConstraint(fields=["memory", "api_key"], name="feedback_once_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.value} by {self.author}"
