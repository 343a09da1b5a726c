"""Writes that carry an Idempotency-Key, so that each takes effect once."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import uuid7
from accounts.models import Project
from memories.models.scoping import ScopedQuerySet


class KeyedCallQuerySet(ScopedQuerySet["KeyedCall"]):
    """Reads of keyed calls; not for keys that are limited to one end user."""

    end_user_path = None


class KeyedCall(models.Model):
    """One such call: reserved before it is carried out, then kept with its answer for a day.

    Nothing of what the app sent is in it: `name` and `fingerprint` are keyed hashes. The answer may hold a person's
    words, so `subjects` lists every id in it, by which forgetting finds it.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    name = models.CharField(max_length=64, unique=True, editable=False)
    fingerprint = models.CharField(max_length=64, editable=False)
    reserved_at = models.DateTimeField(_("reserved"), default=timezone.now)
    created_at = models.DateTimeField(_("when"), default=timezone.now, db_index=True)
    status = models.PositiveSmallIntegerField(
        _("HTTP status"), null=True, help_text=_("Empty while the call is being carried out.")
    )
    answer = models.TextField(_("answer"), null=True)  # noqa: DJ001 (an answer that was erased is not an empty one)
    # Unset if something was erased while the call was being carried out: the answer may speak of it.
    keeps_answer = models.BooleanField(default=True, editable=False)
    subjects = ArrayField(models.UUIDField(), verbose_name=_("what it speaks of"), default=list)

    objects = KeyedCallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call with an idempotency key")
        verbose_name_plural = _("calls with an idempotency key")
        ordering = ["-created_at"]
        indexes = [GinIndex(fields=["subjects"], name="keyed_call_by_subject")]

    def __str__(self) -> str:
        return str(self.pk)
