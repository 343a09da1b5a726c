"""What is kept of what was erased: fingerprints, certificates, and what the search for leftovers found."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import Project
from memories.models.scoping import ScopedQuerySet


class TombstoneQuerySet(ScopedQuerySet["Tombstone"]):
    """Reads of tombstones; not for keys that are limited to one end user."""

    end_user_path = None


class Tombstone(models.Model):
    """That a memory or a name was erased, by a keyed hash of its words: enough to recognise them, not to read them.

    It is what leftovers are found by, also after a backup from before the erasure was restored.
    """

    class Kind(models.TextChoices):
        """Of what the words were."""

        MEMORY = "memory", _("Memory")
        NAME = "name", _("Name")

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    object_id = models.UUIDField(_("object id"))
    digest = models.CharField(max_length=64, editable=False)
    erased_at = models.DateTimeField(_("erased"), default=timezone.now)

    objects = TombstoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("tombstone")
        verbose_name_plural = _("tombstones")
        ordering = ["-erased_at", "-id"]
        indexes = [models.Index(fields=["project", "digest"], name="tombstone_by_digest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class ErasureCertificateQuerySet(ScopedQuerySet["ErasureCertificate"]):
    """Reads of certificates; not for keys that are limited to one end user."""

    end_user_path = None


class ErasureCertificate(models.Model):
    """That everything about somebody was erased: when, by whom, how much from where. It holds none of it.

    It is written in the transaction that erases, after every store has confirmed that nothing is left. Whoever knows
    the name can prove that it is this one by the hash.
    """

    class Subject(models.TextChoices):
        """What was erased."""

        END_USER = "end_user", _("End user")
        AGENT = "agent", _("Agent")
        APP = "app", _("App")
        RUN = "run", _("Run")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    subject = models.CharField(_("subject"), max_length=16, choices=Subject)
    object_id = models.UUIDField(_("subject id"))
    digest = models.CharField(_("hash of the name"), max_length=64)
    actor = models.CharField(_("who"), max_length=255)
    # Store -> {"erased": n, "left": 0}.
    counts = models.JSONField(_("counts"))
    created_at = models.DateTimeField(_("when"), default=timezone.now)

    objects = ErasureCertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate of erasure")
        verbose_name_plural = _("certificates of erasure")
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def memories(self) -> int:
        """Return how many memories went."""
        return int(self.counts.get("memories.Memory", {}).get("erased", 0))


class LeftoverCheck(models.Model):
    """One search through all projects for what should be gone, and what it found."""

    started_at = models.DateTimeField(_("started"), default=timezone.now)
    completed_at = models.DateTimeField(_("completed"), null=True)
    looked_at = models.PositiveBigIntegerField(_("rows looked at"), default=0)
    # [{"store", "project", "what", "row"}]: where, never what.
    found = models.JSONField(_("found"), default=list)

    class Meta:
        verbose_name = _("check for leftovers")
        verbose_name_plural = _("checks for leftovers")
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {len(self.found)}"
