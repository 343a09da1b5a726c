"""What is known of one end user, by the fields of a schema, each line with the memories it rests on."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import ApiKey, Project, User
from memories.models.entities import EndUser
from memories.models.job import Job, JobQuerySet
from memories.models.scoping import ScopedQuerySet


class ProfileSettings(models.Model):
    """Whether a project makes profiles, and of what shape; no schema means one list per category."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="profile_settings")
    enabled = models.BooleanField(_("enabled"), default=False)
    schema = models.JSONField(_("schema"), null=True, blank=True)
    custom_instructions = models.TextField(_("instructions"), blank=True)
    updated_at = models.DateTimeField(_("updated"), auto_now=True)

    class Meta:
        verbose_name = _("profile settings")
        verbose_name_plural = _("profile settings")

    def __str__(self) -> str:
        return str(self.project)


class ProfileRequestQuerySet(ScopedQuerySet["ProfileRequest"]):
    """Reads of requests: a key limited to one end user sees those for that person alone."""

    end_user_path = "end_user_name"


class ProfileRequest(models.Model):
    """One call that asked for profiles, and which: mem0's "profile job"."""

    class Operation(models.TextChoices):
        """For one named end user, for a few, or for all whose memories have changed."""

        TRIGGER = "trigger", _("One end user")
        SAMPLE = "sample", _("A sample")
        REFRESH = "refresh", _("Refresh")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    operation = models.CharField(_("operation"), max_length=16, choices=Operation)
    # Only of a trigger: whom it named.
    end_user_name = models.CharField(_("end user"), max_length=255, blank=True)
    limit = models.PositiveIntegerField(_("limit"), null=True)
    requester = models.CharField(_("who"), max_length=255)
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ProfileRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile request")
        verbose_name_plural = _("profile requests")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.operation} {self.pk}"


class ProfileQuerySet(JobQuerySet["Profile"]):
    """Reads of profiles."""


class Profile(Job):
    """One making of an end user's profile. The latest that succeeded is the profile; older ones have no lines."""

    TASK = "memories.tasks.make_profile"

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    end_user = models.ForeignKey(EndUser, models.CASCADE, related_name="profiles")
    request = models.ForeignKey(ProfileRequest, models.CASCADE, related_name="profiles")
    maker = models.CharField(_("made by"), max_length=200, blank=True)
    notes = models.JSONField(_("notes"), default=list)
    line_count = models.PositiveIntegerField(_("lines"), default=0)
    # What it was made by, see derivation/profiles.py: a profile by the same can add to its lines.
    basis = models.CharField(max_length=64, blank=True, editable=False)
    # When the memories were read: a memory changed later no longer supports what was made of it.
    read_at = models.DateTimeField(_("read"), null=True)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["end_user", "-created_at"], name="profile_by_person"),
            models.Index(
                fields=["available_at"], condition=Q(status__in=["PENDING", "RUNNING"]), name="profile_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.end_user_id} {self.created_at:%Y-%m-%d}"


class ProfileLineQuerySet(ScopedQuerySet["ProfileLine"]):
    """Reads of lines."""

    end_user_path = "profile__end_user__name"


class ProfileLine(models.Model):
    """One thing that a profile says, and the memories that say it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    profile = models.ForeignKey(Profile, models.CASCADE, related_name="lines")
    field = models.CharField(_("field"), max_length=255)
    position = models.PositiveIntegerField(_("position"))
    value = models.JSONField(_("value"))
    in_list = models.BooleanField(_("item of a list"))
    memory_ids = ArrayField(models.UUIDField(), verbose_name=_("memories"))

    objects = ProfileLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile line")
        verbose_name_plural = _("profile lines")
        ordering = ["profile", "position"]
        indexes = [GinIndex(fields=["memory_ids"], name="line_by_memory")]

    def __str__(self) -> str:
        return f"{self.field}: {str(self.value)[:60]}"
