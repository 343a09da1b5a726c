"""What a memory states, as it stands now and as each of its versions keeps it."""

from __future__ import annotations

from functools import cache

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Only an active memory is recalled; a deleted one is in the trash until it is purged."""

    ACTIVE = "active", _("Active")
    PENDING = "pending", _("Awaiting review")
    PAUSED = "paused", _("Paused")
    ARCHIVED = "archived", _("Archived")
    SUPERSEDED = "superseded", _("Superseded")
    DELETED = "deleted", _("In trash")


class Layer(models.TextChoices):
    """How widely and how long the memory holds."""

    CONVERSATION = "conversation", _("Conversation")
    SESSION = "session", _("Session")
    USER = "user", _("User")
    ORGANIZATION = "organization", _("Organization")


# What holds for one run alone.
SHORT_LIVED = (Layer.CONVERSATION.value, Layer.SESSION.value)


class Kind(models.TextChoices):
    """What sort of statement it is; empty where nobody has said."""

    FACT = "fact", _("Fact")
    PREFERENCE = "preference", _("Preference")
    EVENT = "event", _("Happening")
    PLAN = "plan", _("Plan")
    INSTRUCTION = "instruction", _("Instruction")
    PROCEDURE = "procedure", _("Procedure")


class Stated(models.Model):
    """The part of a memory that a version keeps whole, so that any version can be restored.

    `about` and `speaker` are names as they are used in the conversation, empty for the end user. What it says
    holds from `valid_from` until `valid_until` (exclusive), each open if null; `happened_at` is when an event
    took place. `importance` and `confidence` lie in 0..1.
    """

    text = models.TextField(_("text"))
    categories = ArrayField(models.CharField(max_length=100), default=list, blank=True, verbose_name=_("categories"))
    metadata = models.JSONField(_("metadata"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.ACTIVE)
    layer = models.CharField(_("layer"), max_length=16, choices=Layer, default=Layer.USER)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, blank=True)
    about = models.CharField(_("about"), max_length=255, blank=True)
    speaker = models.CharField(_("said by"), max_length=255, blank=True)
    confidence = models.FloatField(_("confidence"), default=1.0)
    importance = models.FloatField(_("importance"), default=0.5)
    pinned = models.BooleanField(_("pinned"), default=False)
    happened_at = models.DateTimeField(_("happened"), null=True, blank=True)
    valid_from = models.DateTimeField(_("holds from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("holds until"), null=True, blank=True)
    expiration_date = models.DateField(_("last day"), null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    @cache
    def stated_fields() -> tuple[str, ...]:
        """Return the names of the fields that a memory and its versions share."""
        return tuple(field.name for field in Stated._meta.get_fields())


UNIT_INTERVALS = Q(confidence__gte=0, confidence__lte=1, importance__gte=0, importance__lte=1)
