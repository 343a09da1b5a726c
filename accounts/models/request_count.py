"""How often each key and each project has called in its present window."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestCount(models.Model):
    """One row per key or project that has a limit; accounts/limits.py counts in it with a statement of its own.

    The table is UNLOGGED: counting waits for no disk, and after a crash of Postgres everybody starts at 0.
    """

    subject = models.CharField(_("who"), max_length=64, primary_key=True)
    window_start = models.BigIntegerField(_("since"), help_text=_("In Unix seconds."))
    count = models.IntegerField(_("requests"))

    class Meta:
        verbose_name = _("request count")
        verbose_name_plural = _("request counts")

    def __str__(self) -> str:
        return f"{self.subject}: {self.count}"
