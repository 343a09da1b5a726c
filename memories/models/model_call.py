"""What a language model was asked for, and what that cost. It holds no words, so it outlives what it was about."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Project
from memories.models.scoping import ScopedQuerySet
from providers.metering import ANSWERED


class ModelCallQuerySet(ScopedQuerySet["ModelCall"]):
    """Reads of calls; not for keys that are limited to one end user, because what is spent is the project's."""

    end_user_path = None


class ModelCall(models.Model):
    """One call of one model, answered or not; a fallback is a call of its own."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    # An id, not a foreign key: a job is erased with its person, what it cost was spent all the same.
    job_id = models.UUIDField(_("job"), null=True, blank=True, db_index=True)
    purpose = models.CharField(_("purpose"), max_length=64)
    provider = models.CharField(_("provider"), max_length=255)
    model = models.CharField(_("model"), max_length=200)
    prompt_version = models.CharField(_("prompt version"), max_length=64, blank=True)
    input_tokens = models.PositiveBigIntegerField(_("tokens in"), default=0)
    output_tokens = models.PositiveBigIntegerField(_("tokens out"), default=0)
    cost = models.DecimalField(
        _("cost"), max_digits=14, decimal_places=8, null=True, help_text=_("Empty: the model has no price.")
    )
    duration = models.FloatField(_("seconds"))
    outcome = models.CharField(_("outcome"), max_length=64)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = ModelCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("model call")
        verbose_name_plural = _("model calls")
        ordering = ["-created_at", "-id"]
        indexes = [
            # With what is summed up in it, so that a budget is checked without reading the rows.
            models.Index(
                fields=["project", "created_at"],
                include=["purpose", "input_tokens", "output_tokens", "cost"],
                name="model_call_by_project",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.purpose}"

    @property
    def milliseconds(self) -> float:
        """Return how long it took, as jobs tell it."""
        return self.duration * 1000

    @property
    def is_answered(self) -> bool:
        """Tell whether an answer came of it."""
        return self.outcome == ANSWERED
