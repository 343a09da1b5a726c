"""How far the access log has been counted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitMark(models.Model):
    """The last reads and sources that services/visits.py has counted. One row for the whole server.

    `link_before` is where the count before the last one ended.
    """

    read = models.BigIntegerField(_("last read counted"), default=0)
    link = models.BigIntegerField(_("last source counted"), default=0)
    link_before = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("visit mark")
        verbose_name_plural = _("visit marks")

    def __str__(self) -> str:
        return f"{self.read}, {self.link}"
