"""What decides whether a statement is remembered at once, waits for a person, or is never remembered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import ApiKey, Project
from memories.models.entities import Agent, App, EndUser
from memories.models.fields import VectorField
from memories.models.scoping import ScopedQuerySet
from memories.models.stated import Kind, Layer


class Trust(models.IntegerChoices):
    """How far the statements of a source are trusted; one that nobody has judged is ordinary."""

    LOW = 0, _("Little")
    ORDINARY = 1, _("Ordinary")
    HIGH = 2, _("Much")


class ReviewRuleQuerySet(ScopedQuerySet["ReviewRule"]):
    """Reads of rules; not for keys that are limited to one end user."""

    end_user_path = None


class SourceTrustQuerySet(ScopedQuerySet["SourceTrust"]):
    """Reads of how far sources are trusted; not for keys that are limited to one end user."""

    end_user_path = None


class SuppressionQuerySet(ScopedQuerySet["Suppression"]):
    """Reads of suppressions."""

    def in_clear(self) -> SuppressionQuerySet:
        """Narrow to those that still have their words."""
        return self.exclude(text="")


class ReviewRule(models.Model):
    """One rule of a review policy: what becomes of the statements that fit it.

    The rules of the statement's app are tried first, then the project's, each in the order of `position`. The first
    that fits decides; a statement that fits none is accepted. A condition that is left empty fits everything.
    """

    class Outcome(models.TextChoices):
        """What becomes of a statement."""

        ACCEPT = "accept", _("Remember")
        REVIEW = "review", _("Ask a person")
        REJECT = "reject", _("Do not remember")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="review_rules")
    app = models.ForeignKey(App, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("app"))
    position = models.PositiveIntegerField(_("position"), default=0)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    confidence_below = models.FloatField(_("confidence below"), null=True, blank=True)
    categories = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("categories"))
    kinds = ArrayField(
        models.CharField(max_length=16, choices=Kind), default=list, blank=True, verbose_name=_("kinds")
    )
    layers = ArrayField(
        models.CharField(max_length=16, choices=Layer), default=list, blank=True, verbose_name=_("layers")
    )
    trust_at_most = models.PositiveSmallIntegerField(_("source trusted at most"), null=True, blank=True, choices=Trust)

    objects = ReviewRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("review rule")
        verbose_name_plural = _("review rules")
        ordering = ["app_id", "position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confidence_below=None) | Q(confidence_below__gte=0, confidence_below__lte=1),
                name="rule_confidence_in_unit",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} no. {self.position}"


class SourceTrust(models.Model):
    """How far one app, agent or API key is trusted."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    app = models.ForeignKey(App, models.CASCADE, null=True, blank=True, related_name="+")
    agent = models.ForeignKey(Agent, models.CASCADE, null=True, blank=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.CASCADE, null=True, blank=True, related_name="+")
    level = models.PositiveSmallIntegerField(_("trust"), choices=Trust)

    objects = SourceTrustQuerySet.as_manager()

    class Meta:
        verbose_name = _("trust in a source")
        verbose_name_plural = _("trust in sources")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "app", "agent", "api_key"], nulls_distinct=False, name="trust_once"
            ),
            models.CheckConstraint(
                condition=Q(app__isnull=False, agent=None, api_key=None)
                | Q(app=None, agent__isnull=False, api_key=None)
                | Q(app=None, agent=None, api_key__isnull=False),
                name="trust_in_one_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.get_level_display()}"

    @property
    def source(self) -> App | Agent | ApiKey:
        """Return which app, agent or key it is."""
        found = self.app or self.agent or self.api_key
        assert found is not None
        return found


class Suppression(models.Model):
    """What is never to be remembered again of an end user, in whatever words.

    Null as `end_user` stands for memories without one. `embedding` is by `embedder`; another embedder's vectors
    can't be compared with it, and then only its words count. Once the memory that it came from is purged, it is
    sealed: without `text` and `reason`, and with keyed hashes as `digest` and `lexemes`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    end_user = models.ForeignKey(EndUser, models.CASCADE, null=True, related_name="suppressions")
    text = models.TextField(_("text"))
    digest = models.CharField(max_length=64, editable=False)
    lexemes = ArrayField(models.TextField(), editable=False)
    embedder = models.CharField(max_length=200, editable=False)
    embedding = VectorField(editable=False)
    actor = models.CharField(_("who"), max_length=255)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "end_user", "digest"], nulls_distinct=False, name="suppression_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_sealed(self) -> bool:
        """Tell whether its words are gone."""
        return not self.text
